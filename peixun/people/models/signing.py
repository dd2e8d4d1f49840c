"""Where an account is signed in, and what it proves itself with beside the password."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from peixun.people.models.accounts import Account


class SignInWay(models.TextChoices):
    """How somebody came in."""

    PASSWORD = "password", _("账号和密码")
    CODE = "code", _("登录码")
    OIDC = "oidc", _("统一身份认证")


class SignedIn(models.Model):
    """登录设备: one session of an account. `device` says what it looks like; `seen_at` is right to the hour."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    way = models.CharField(_("登录方式"), max_length=10, choices=SignInWay.choices)
    device = models.CharField(_("设备"), max_length=80, blank=True)
    began_at = models.DateTimeField(_("登录时间"))
    seen_at = models.DateTimeField(_("最近使用"))

    class Meta:
        verbose_name = _("登录设备")
        ordering = ["-seen_at", "-id"]

    def __str__(self) -> str:
        return f"session of {self.account_id}"


class FactorKind(models.TextChoices):
    """What the second step is done with."""

    APP = "app", _("动态码应用")
    KEY = "key", _("安全密钥")


class SecondFactor(models.Model):
    """第二步验证: an authenticator app's secret, encrypted, or a security key's public part.

    `counter` is the time step of the last code that was taken, or the key's own count: neither may come again.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=4, choices=FactorKind.choices)
    label = models.CharField(_("名称"), max_length=40)
    salt = models.BinaryField(max_length=16, default=b"")
    key_number = models.PositiveIntegerField(default=0)
    secret = models.BinaryField(max_length=120, default=b"")
    credential = models.BinaryField(max_length=1200, default=b"")
    counter = models.BigIntegerField(default=-1)
    added_at = models.DateTimeField(_("添加时间"))
    used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        verbose_name = _("第二步验证")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.label


class SpareCode(models.Model):
    """备用码: opens the second step once when neither app nor key is at hand. Stored as a keyed hash."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("备用码")
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="spare_code_once")]

    def __str__(self) -> str:
        return f"spare code of {self.account_id}"

"""Bearer tokens of the HTTP API, and the answers kept so that a repeated request isn't done twice."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from peixun.people.models.accounts import Account


class TokenKind(models.TextChoices):
    """Who carries the token."""

    ACCOUNT = "account", _("账号")
    DEVICE = "device", _("设备")
    PLATFORM = "platform", _("平台")


class TokenScope(models.TextChoices):
    """What a token may be used for, within what its account may do."""

    READ = "read", _("读取")
    WRITE = "write", _("写入")


class Token(models.Model):
    """访问令牌. The token itself is shown once and stored nowhere: `digest` is its keyed hash."""

    kind = models.CharField(max_length=10, choices=TokenKind.choices, default=TokenKind.ACCOUNT)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(_("用途"), max_length=60, blank=True)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = models.CharField(_("权限"), max_length=60)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("失效时间"))
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True)
    last_used_on = models.DateField(_("最近使用"), null=True, blank=True)

    class Meta:
        verbose_name = _("访问令牌")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("issued_at")), name="token_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"token {self.pk} of {self.account_id}"


class KeptAnswer(models.Model):
    """The answer to a write that came with an `Idempotency-Key`: what was asked, by digest, and what was said."""

    token = models.ForeignKey(Token, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.BinaryField(default=b"")
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="kept_answer_once")]

    def __str__(self) -> str:
        return f"answer to {self.key}"

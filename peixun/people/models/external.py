"""Accounts that another system vouches for (OpenID Connect)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from peixun.people.models.accounts import Account


class ExternalLogin(models.Model):
    """关联的统一身份认证: who an account is in another system, by its issuer and its subject there."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)
    linked_at = models.DateTimeField(_("关联时间"))
    used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        verbose_name = _("统一身份认证")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject"], name="external_login_once"),
            models.UniqueConstraint(fields=["account", "issuer"], name="external_login_one_an_issuer"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} at {self.issuer}"

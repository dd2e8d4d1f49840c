"""One-time codes: for the first sign-in and for a forgotten password."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peixun.people.models.accounts import Account


class OneTimeCode(models.Model):
    """登录码. The code itself is printed once and stored nowhere: `digest` is its keyed hash.

    It is open until it is used, replaced (`ended_at`), expired, or has been guessed at too often (`tries`).
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="codes")
    digest = models.BinaryField(max_length=32)
    issued_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(_("失效时间"))
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)
    ended_at = models.DateTimeField(_("作废时间"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("登录码")
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(used_at__isnull=True, ended_at__isnull=True), name="code_one_open"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="code_expires_later"),
        ]

    def __str__(self) -> str:
        return f"code {self.pk} of {self.account_id}"

"""Erasure: asked for by one, confirmed by another; nothing of it can be taken back."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peixun.people.models.accounts import Account
from peixun.people.models.persons import Person


class ErasureReason(models.TextChoices):
    """Why somebody's data is to be erased."""

    RETENTION_OVER = "over", _("离开已满保存期限")
    WRONGLY_RECORDED = "wrong", _("误登记，本不应有这条记录")


class ErasureState(models.TextChoices):
    """How far a request has come."""

    ASKED = "asked", _("等待复核")
    DONE = "done", _("已注销")
    REFUSED = "refused", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")


class ErasureRequest(models.Model):
    """注销申请. Whoever confirms it is somebody else than who asked; `words` goes with what is erased."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("原因"), max_length=5, choices=ErasureReason.choices)
    words = models.CharField(_("说明"), max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=ErasureState.choices, default=ErasureState.ASKED)
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("注销申请")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="asked"), name="erasure_one_open"),
            models.CheckConstraint(
                condition=~Q(state="done") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="erasure_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk} of {self.person_id}: {self.state}"

"""Transfers on their way from one branch to another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peixun.people.models import Account, Organisation, Person


class TransferState(models.TextChoices):
    """How far a transfer has come."""

    PROPOSED = "proposed", _("待接收")
    ACCEPTED = "accepted", _("已接收")
    REFUSED = "refused", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")
    UNDONE = "undone", _("已撤销")


class Transfer(models.Model):
    """组织关系转接: the branch that a member leaves proposes it, the one that receives them accepts or refuses it.

    `on` is the first day on which the member belongs to the receiving branch.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    leaving = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    receiving = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("转接日期"))
    reason = models.CharField(_("原因"), max_length=100, blank=True)
    state = models.CharField(max_length=10, choices=TransferState.choices, default=TransferState.PROPOSED)
    proposed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(_("说明"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("组织关系转接")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(state="proposed"), name="transfer_one_open"),
            models.CheckConstraint(condition=~Q(leaving=F("receiving")), name="transfer_goes_elsewhere"),
        ]
        indexes = [
            models.Index(fields=["leaving", "state"], name="transfer_leaving"),
            models.Index(fields=["receiving", "state"], name="transfer_receiving"),
        ]

    def __str__(self) -> str:
        return f"transfer {self.pk}: {self.person_id} to {self.receiving_id}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for the receiving branch."""
        return self.state == TransferState.PROPOSED

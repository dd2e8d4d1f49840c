"""Transfers on their way from one branch to another; what was recorded about persons and organisations."""

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


class ChangeKind(models.TextChoices):
    """What may be recorded about one person."""

    APPOINT = "appoint", _("任职")
    LEAVE = "leave", _("免职")
    FULL = "full", _("转为正式党员")
    FLOATING = "floating", _("外出流动")
    LOST = "lost", _("失去联系")
    EXEMPT = "exempt", _("免训")
    END = "end", _("恢复正常")


class PersonChange(models.Model):
    """One change that was recorded about a person, and whether it was undone.

    `row` is the id of the post, membership or status that it wrote, `until_before` the end that this one had before.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ChangeKind.choices)
    on = models.DateField()
    row = models.BigIntegerField()
    until_before = models.DateField(null=True)
    words = models.CharField(max_length=200)
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("人员变动")
        ordering = ["-id"]
        indexes = [models.Index(fields=["person"], name="person_change_person")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id} on {self.on}"


class OrganisationChangeKind(models.TextChoices):
    """What may be done to an organisation."""

    FOUND = "found", _("新设党组织")
    CHANGE = "change", _("更名、更改类别")
    MOVE = "move", _("改变隶属关系")
    MERGE = "merge", _("并入其他党组织")
    SPLIT = "split", _("分设党支部")
    CLOSE = "close", _("撤销党组织")


class OrganisationChange(models.Model):
    """One change of an organisation, and whether it was undone.

    `organisation` is the one that was founded, changed, moved, merged, split or closed, `other` its new parent, the one
    that it was merged into, or the branch that was split off. `detail` holds the journal of what was written
    (`people.operations.organisation_undo`), `parents` (ids of the organisations whose office may decide on it),
    `transfers` (ids of those withdrawn) and `members` (people who moved).
    """

    kind = models.CharField(max_length=10, choices=OrganisationChangeKind.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    on = models.DateField()
    detail = models.JSONField(default=dict)
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    undone_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("党组织变动")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.kind} of organisation {self.organisation_id} on {self.on}"

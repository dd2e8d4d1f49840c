"""Claims, what was said and done about each, and the scans that came with them."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peixun.catalog.models import ActivityKind
from peixun.claims.rules import ANSWER_WITHIN, KEPT
from peixun.kernel.hours import HoursField
from peixun.ledger.models import Activity, CreditEntry
from peixun.people.models import Account, Organisation, Person


class ClaimKind(models.TextChoices):
    """What a member says."""

    MISSING = "missing", _("少了学时")
    WRONG = "wrong", _("学时不对")


class Wrong(models.TextChoices):
    """What is wrong with an entry."""

    HOURS = "hours", _("学时数不对")
    DATE = "date", _("日期不对")
    NOT_ME = "not_me", _("我没有参加")


class ClaimState(models.TextChoices):
    """How far a claim has come."""

    OPEN_BRANCH = "open_branch", _("待支部答复")
    OPEN_OFFICE = "open_office", _("待干训科决定")
    GRANTED = "granted", _("已认可")
    REFUSED = "refused", _("未认可")
    WITHDRAWN = "withdrawn", _("已撤回")


OPEN = (ClaimState.OPEN_BRANCH, ClaimState.OPEN_OFFICE)
IS_OPEN = Q(state__in=("open_branch", "open_office"))


class Claim(models.Model):
    """One claim of one person. `branch` is theirs on the day of filing; the office of `decider` decides, or one above.

    Missing hours name an `activity` or describe one in words; wrong ones dispute an `entry`. `hours` and `happened_on`
    are what the member says, `decided_hours` and `decided_on` what the office recognised. `posted` and `reversal` are
    what the ledger got. `waiting_since` is when it came to whoever has it now.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    decider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=ClaimKind.choices)
    state = models.CharField(max_length=12, choices=ClaimState.choices, default=ClaimState.OPEN_BRANCH)
    entry = models.ForeignKey(CreditEntry, on_delete=models.PROTECT, null=True, related_name="+")
    wrong = models.CharField(max_length=8, choices=Wrong.choices, blank=True)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(_("活动名称"), max_length=120)
    activity_kind = models.CharField(_("活动类型"), max_length=20, choices=ActivityKind.choices)
    happened_on = models.DateField(_("日期"))
    hours = HoursField(_("学时"))
    organiser_words = models.CharField(_("组织单位"), max_length=120, blank=True)
    place = models.CharField(_("地点"), max_length=120, blank=True)
    words = models.CharField(_("说明"), max_length=500, blank=True)
    on_behalf = models.BooleanField(default=False)
    filed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField()
    waiting_since = models.DateTimeField()
    refused_by_branch = models.BooleanField(default=False)
    appealed = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)
    decided_hours = HoursField(null=True)  # type: ignore[misc]  # the shared field is typed as never empty
    decided_on = models.DateField(null=True)
    posted = models.ForeignKey(CreditEntry, on_delete=models.PROTECT, null=True, related_name="+")
    reversal = models.ForeignKey(CreditEntry, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("学时申诉")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "entry"], condition=IS_OPEN & Q(entry__isnull=False), name="claim_one_to_an_entry"
            ),
            models.UniqueConstraint(
                fields=["person", "happened_on", "title"],
                condition=IS_OPEN & Q(entry__isnull=True),
                name="claim_one_to_a_day_and_title",
            ),
            models.CheckConstraint(
                condition=Q(kind="missing", entry__isnull=True, wrong="")
                | (Q(kind="wrong", entry__isnull=False) & ~Q(wrong="")),
                name="claim_names_its_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], name="claim_person"),
            models.Index(fields=["branch", "state"], name="claim_branch"),
            models.Index(fields=["decider", "state"], name="claim_decider"),
            models.Index(fields=["state", "waiting_since"], name="claim_waiting"),
        ]

    def __str__(self) -> str:
        return f"claim {self.pk} of {self.person_id}: {self.state}"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to answer."""
        return self.state in OPEN

    @property
    def answer_by(self) -> datetime:
        """When the branch's time to answer ends."""
        return self.waiting_since + ANSWER_WITHIN

    @property
    def scans_until(self) -> datetime | None:
        """When its scans are deleted; None as long as it is open."""
        return None if self.decided_at is None else self.decided_at + KEPT


class Verb(models.TextChoices):
    """What somebody did with a claim."""

    FILE = "file", _("提出申诉")
    CONFIRM = "confirm", _("支部证实")
    REFUSE = "refuse", _("没有认可")
    APPEAL = "appeal", _("申请复核")
    GRANT = "grant", _("认可")
    WITHDRAW = "withdraw", _("撤回")
    ASK = "ask", _("请补充材料")
    ADD = "add", _("补充材料")


class ClaimStep(models.Model):
    """One thing that was said and done about a claim; the table only grows."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=8, choices=Verb.choices)
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("申诉经过")

    def __str__(self) -> str:
        return f"{self.verb} of claim {self.claim_id}"


class Scan(models.Model):
    """A picture or paper that came with a claim. `key` names its file; the name that it came with isn't kept."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="scans")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=4)
    size = models.PositiveIntegerField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["claim", "number"]
        verbose_name = _("申诉材料")
        constraints = [models.UniqueConstraint(fields=["claim", "number"], name="scan_number")]

    def __str__(self) -> str:
        return f"scan {self.number} of claim {self.claim_id}"

    @property
    def path(self) -> Path:
        """Where its content lies."""
        return scan_folder() / self.key


def scan_folder() -> Path:
    """The folder of all scans; no server serves it."""
    return Path(settings.MEDIA_ROOT) / "claims"

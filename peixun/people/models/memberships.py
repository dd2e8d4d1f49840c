"""Where a person belongs, what they hold, and what suspends what is due: all dated."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peixun.kernel.dated import DatedQuerySet, ordered_dates
from peixun.people.models.organisations import Organisation
from peixun.people.models.persons import Person


class MembershipStatus(models.TextChoices):
    """人员类别."""

    FULL = "full", _("正式党员")
    PROBATIONARY = "probationary", _("预备党员")


class Membership(models.Model):
    """组织关系: a person belongs to one branch at a time (a guard in the database holds it)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    status = models.CharField(_("人员类别"), max_length=12, choices=MembershipStatus.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    ended_by = models.CharField(_("结束原因"), max_length=20, blank=True)

    objects = DatedQuerySet["Membership"].as_manager()

    class Meta:
        ordering = ["person", "since"]
        constraints = [
            ordered_dates("membership"),
            models.UniqueConstraint(fields=["person"], condition=Q(until__isnull=True), name="membership_one_open"),
            models.UniqueConstraint(fields=["person", "since"], name="membership_since"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.organisation_id} since {self.since}"


class StatusKind(models.TextChoices):
    """What may be said of a member for a while."""

    FLOATING = "floating", _("流动党员")
    LOST = "lost", _("失联党员")
    EXEMPT = "exempt", _("免训")


class StatusPeriod(models.Model):
    """A dated status. Lost-contact members are not due, floating ones are; exemptions need an approver."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="status_periods")
    kind = models.CharField(max_length=10, choices=StatusKind.choices)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=100, blank=True)
    approved_by = models.CharField(_("批准人"), max_length=60, blank=True)

    objects = DatedQuerySet["StatusPeriod"].as_manager()

    class Meta:
        ordering = ["person", "kind", "since"]
        constraints = [
            ordered_dates("status_period"),
            models.UniqueConstraint(fields=["person", "kind", "since"], name="status_period_since"),
            models.CheckConstraint(
                condition=~Q(kind="exempt") | (~Q(reason="") & ~Q(approved_by="")),
                name="status_period_exemption_is_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} since {self.since}"


class PostTitle(models.TextChoices):
    """职务."""

    SECRETARY = "secretary", _("书记")
    DEPUTY = "deputy", _("副书记")
    COMMITTEE_MEMBER = "committee_member", _("委员")
    FIRST_SECRETARY = "first_secretary", _("第一书记")
    OFFICE_HEAD = "office_head", _("党建办主任")
    PARTY_WORKER = "party_worker", _("党务工作者")


class Post(models.Model):
    """任职: a person holds a post in an organisation for a time; an organisation has one secretary at a time."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(_("职务"), max_length=20, choices=PostTitle.choices)
    rank = models.CharField(_("职级"), max_length=40, blank=True)
    since = models.DateField(_("任职日期"))
    until = models.DateField(_("免职日期"), null=True, blank=True)

    objects = DatedQuerySet["Post"].as_manager()

    class Meta:
        ordering = ["person", "since"]
        constraints = [
            ordered_dates("post"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(until__isnull=True, title="secretary"),
                name="post_one_secretary",
            ),
            models.UniqueConstraint(fields=["person", "organisation", "title", "since"], name="post_since"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.title} of {self.organisation_id} since {self.since}"

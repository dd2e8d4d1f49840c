"""Activities, credit entries, seals, closings of years. Guards make all but the closings append-only."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from peixun.catalog.models import (
    ActivityKind,
    Delivery,
    Example,
    ProgrammeKind,
    Setting,
    Strand,
    Tier,
)
from peixun.kernel.hours import HoursField
from peixun.people.models import Account, Level, Organisation, Person


class Activity(models.Model):
    """What took place. Its key is `(source_kind, source, reference)`; `digest` covers its content."""

    source_kind = models.CharField(max_length=20)
    source = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)
    kind = models.CharField(_("活动类型"), max_length=20, choices=ActivityKind.choices)
    title = models.CharField(_("活动名称"), max_length=120)
    organiser = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    programme = models.CharField(_("项目"), max_length=120, blank=True)
    programme_kind = models.CharField(_("项目类别"), max_length=10, choices=ProgrammeKind.choices, blank=True)
    audience = models.CharField(_("培训对象"), max_length=60, blank=True)
    tier = models.CharField(_("层级"), max_length=12, choices=Tier.choices)
    starts_on = models.DateField()
    ends_on = models.DateField()
    place = models.CharField(_("地点"), max_length=120, blank=True)
    mode = models.CharField(_("授课形式"), max_length=40, blank=True)
    topics = models.JSONField(_("主题"), default=list)
    delivery = models.CharField(max_length=10, choices=Delivery.choices, blank=True)
    setting = models.CharField(max_length=10, choices=Setting.choices, blank=True)
    strand = models.CharField(max_length=10, choices=Strand.choices, blank=True)
    example = models.CharField(max_length=10, choices=Example.choices, blank=True)
    digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("活动")
        constraints = [
            models.UniqueConstraint(fields=["source_kind", "source", "reference"], name="activity_key"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="activity_ends_after_start"),
        ]
        indexes = [
            models.Index(fields=["organiser", "starts_on"], name="activity_organiser"),
            models.Index(fields=["programme_kind", "starts_on"], name="activity_programme"),
        ]

    def __str__(self) -> str:
        return self.title


class CreditQuerySet(models.QuerySet["CreditEntry"]):
    """Filters over the entries."""

    def effective(self) -> Self:
        """Credits that no reversal has cancelled."""
        # The sign says what is a credit; asking for `reverses IS NULL` lets SQLite walk nearly the whole table by the
        # index on `reverses`, which it takes for selective.
        return self.filter(hours__gt=0, reversal__isnull=True)

    def happened(self, first: object, last: object) -> Self:
        """Entries of days from `first` to `last`, both included."""
        return self.filter(happened_on__gte=first, happened_on__lte=last)


class CreditEntry(models.Model):
    """Hours earned by one person from one activity on a day, uncapped; or the reversal of such an entry."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", db_index=False)
    happened_on = models.DateField()
    hours = HoursField()
    source_kind = models.CharField(max_length=20)
    source = models.CharField(max_length=40)
    source_ref = models.CharField(_("凭证号"), max_length=80)
    part = models.CharField(max_length=10, blank=True)
    revision = models.PositiveSmallIntegerField(default=1)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversal")
    reason = models.CharField(_("原因"), max_length=100, blank=True)
    posted_at = models.DateTimeField()
    posted_by = models.BigIntegerField(null=True)
    digest = models.BinaryField(max_length=32)

    objects = CreditQuerySet.as_manager()

    class Meta:
        verbose_name = _("学时记录")
        constraints = [
            # A credit and its reversal share the key; `reverses` tells them apart.
            models.UniqueConstraint(
                fields=["person", "source_ref", "source", "source_kind", "part", "revision"],
                condition=Q(reverses__isnull=True),
                name="credit_key",
            ),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True, hours__gt=0) | Q(reverses__isnull=False, hours__lt=0),
                name="credit_sign",
            ),
        ]
        indexes = [
            # Holds all that a person-year needs of an entry, so that reading one never visits the table.
            models.Index(
                fields=["person", "happened_on", "activity", "reverses", "hours", "id"], name="credit_person_day"
            ),
            # What happened after a day: asked by every page that looks at another day than a month's end.
            models.Index(fields=["happened_on"], name="credit_day"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk}: {self.hours} h"


class Seal(models.Model):
    """A batch of committed entries, chained to the batch before it.

    `runs` lists the id ranges `[first, last]` of its rows; `leaves` holds the first 8 bytes of each row's digest in
    that order, so that `verify` can name a row even when its digest was forged along with it. `open_ids` lists
    ranges below the watermark whose rows were not yet committed, with the transaction horizon after which they
    never will be.
    """

    number = models.PositiveIntegerField(unique=True)
    sealed_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    runs = models.JSONField()
    leaves = models.BinaryField()
    watermark = models.BigIntegerField()
    open_ids = models.JSONField(default=list)
    digest = models.BinaryField(max_length=32)

    class Meta:
        ordering = ["number"]

    def __str__(self) -> str:
        return f"seal {self.number}"


CLOSING_LEVELS = frozenset({Level.COUNTY, Level.CITY, Level.PROVINCE})
"""Whose years are closed: those of counties and of what lies above them."""


class YearClosing(models.Model):
    """A year closed for a subtree: the sealed position and the figures that were reported with it.

    `last_entry` is the highest entry and `head` the digest of the last seal at that moment. `figures` holds what
    coverage said: `{"due", "covered", "fulfilled", "person_times", "quarters"}` of the whole subtree. Reopening keeps
    the row; a year may then be closed anew.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("年度"))
    closed_at = models.DateTimeField()
    closed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    seal_number = models.PositiveIntegerField()
    head = models.BinaryField(max_length=32)
    last_entry = models.BigIntegerField()
    figures = models.JSONField()
    reopened_at = models.DateTimeField(null=True, blank=True)
    reopened_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    reopen_reason = models.CharField(_("重新开账的原因"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("年度关账")
        ordering = ["-year", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "year"], condition=Q(reopened_at__isnull=True), name="closing_once"
            ),
            models.CheckConstraint(
                condition=Q(reopened_at__isnull=True, reopen_reason="")
                | (Q(reopened_at__isnull=False) & ~Q(reopen_reason="")),
                name="closing_reopened_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.year}"


class LateEntry(models.Model):
    """An entry that was posted for a year after it had been closed, and why."""

    entry = models.OneToOneField(CreditEntry, on_delete=models.PROTECT, related_name="+")
    closing = models.ForeignKey(YearClosing, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("补记原因"), max_length=100)

    class Meta:
        verbose_name = _("关账后补记")

    def __str__(self) -> str:
        return f"entry {self.entry_id} after closing {self.closing_id}"

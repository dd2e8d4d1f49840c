"""Who trains whom: dated, sourced packs like those of requirements, with what falls back to the level below."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peixun.catalog.models.packs import RequirementPeriod
from peixun.kernel.dated import DatedQuerySet, ordered_dates
from peixun.people.models import Audience, Level, Organisation


class ResponsibilityPack(models.Model):
    """培训责任: which level trains which audience while the pack is in force."""

    key = models.SlugField(max_length=60)
    name = models.CharField(_("名称"), max_length=120)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(_("生效日期"))
    until = models.DateField(_("失效日期"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=300)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = DatedQuerySet["ResponsibilityPack"].as_manager()

    class Meta:
        ordering = ["-since"]
        constraints = [
            ordered_dates("responsibility_pack"),
            models.UniqueConstraint(fields=["owner", "since"], name="responsibility_pack_since"),
            models.CheckConstraint(condition=~Q(source=""), name="responsibility_pack_has_source"),
        ]

    def __str__(self) -> str:
        return self.name


class Responsibility(models.Model):
    """One duty: a level trains an audience once in a period.

    With `only_untrained_above`, training by a higher level in the period is enough. A five-year period counts from
    the year in which the pack begins.
    """

    pack = models.ForeignKey(ResponsibilityPack, on_delete=models.CASCADE, related_name="responsibilities")
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(_("责任层级"), max_length=12, choices=Level.choices)
    period = models.CharField(max_length=12, choices=RequirementPeriod.choices)
    only_untrained_above = models.BooleanField(_("只训上级没有培训的"), default=False)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["pack", "position"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "position"], name="responsibility_position"),
            models.UniqueConstraint(fields=["pack", "level", "audience"], name="responsibility_once"),
            # A branch never trains on behalf of the levels above: the last to answer is the grassroots committee.
            models.CheckConstraint(condition=~Q(level="grassroots"), name="responsibility_of_a_committee"),
        ]

    def __str__(self) -> str:
        return f"{self.level}: {self.audience_id}"

"""Rules as data: dated, sourced packs that belong to an organisation; the nearest ancestor's wins on its day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peixun.catalog.models.vocabulary import ActivityKind
from peixun.kernel.dated import DatedQuerySet, ordered_dates
from peixun.kernel.hours import HoursField
from peixun.people.models import Audience, Organisation


class RequirementPack(models.Model):
    """学时要求: what each audience owes while the pack is in force."""

    key = models.SlugField(max_length=60)
    name = models.CharField(_("名称"), max_length=120)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(_("生效日期"))
    until = models.DateField(_("失效日期"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=300)
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = DatedQuerySet["RequirementPack"].as_manager()

    class Meta:
        ordering = ["-since"]
        constraints = [
            ordered_dates("requirement_pack"),
            models.UniqueConstraint(fields=["owner", "since"], name="requirement_pack_since"),
            models.CheckConstraint(condition=~Q(source=""), name="requirement_pack_has_source"),
        ]

    def __str__(self) -> str:
        return self.name


class RequirementPeriod(models.TextChoices):
    """考核周期."""

    YEAR = "year", _("每年")
    FIVE_YEARS = "five_years", _("五年")


class Requirement(models.Model):
    """One thing that an audience owes in a period.

    Met when `min_hours` (or, where given, `min_days` instead) and `min_concentrated` are reached, and each of
    `within`: a list of `{"dimension": "delivery", "value": "online", "hours": "50"}`.
    """

    pack = models.ForeignKey(RequirementPack, on_delete=models.CASCADE, related_name="requirements")
    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("要求"), max_length=80)
    period = models.CharField(max_length=12, choices=RequirementPeriod.choices, default="year")
    min_hours = HoursField(_("最低学时"), default=0)
    min_days = models.PositiveSmallIntegerField(_("或最低天数"), null=True, blank=True)
    min_concentrated = models.PositiveSmallIntegerField(_("集中培训次数"), default=0)
    within = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ["pack", "id"]
        constraints = [models.UniqueConstraint(fields=["pack", "name"], name="requirement_name")]

    def __str__(self) -> str:
        return self.name


class CarryOver(models.TextChoices):
    """学时结转."""

    NONE = "none", _("不结转")
    ELECTIVES = "electives", _("结转为下一年选修学时")


class CreditPack(models.Model):
    """学时折算: what earns how many hours, with caps, while the pack is in force."""

    key = models.SlugField(max_length=60)
    name = models.CharField(_("名称"), max_length=120)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(_("生效日期"))
    until = models.DateField(_("失效日期"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=300)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    carry_over = models.CharField(max_length=10, choices=CarryOver.choices, default=CarryOver.NONE)

    objects = DatedQuerySet["CreditPack"].as_manager()

    class Meta:
        ordering = ["-since"]
        constraints = [
            ordered_dates("credit_pack"),
            models.UniqueConstraint(fields=["owner", "since"], name="credit_pack_since"),
            models.CheckConstraint(condition=~Q(source=""), name="credit_pack_has_source"),
        ]

    def __str__(self) -> str:
        return self.name


class Unit(models.TextChoices):
    """What one conversion counts."""

    DAY = "day", _("天")
    HALF_DAY = "half_day", _("半天")
    SESSION = "session", _("次")
    HOUR = "hour", _("小时")
    LESSON_30 = "lesson_30", _("30分钟及以上的一课")
    LESSON_15 = "lesson_15", _("15至30分钟的一课")
    MICRO_LESSON = "micro_lesson", _("15分钟及以下的微课")
    HOUR_TAUGHT = "hour_taught", _("授课小时")


class CreditRule(models.Model):
    """One conversion: a unit of an activity of this kind earns `hours`."""

    pack = models.ForeignKey(CreditPack, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=20, choices=ActivityKind.choices)
    unit = models.CharField(max_length=14, choices=Unit.choices)
    hours = HoursField(_("学时"))

    class Meta:
        ordering = ["pack", "id"]
        constraints = [models.UniqueConstraint(fields=["pack", "kind", "unit"], name="credit_rule_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.hours} / {self.unit}"


class CapPeriod(models.TextChoices):
    """Over what a cap counts."""

    DAY = "day", _("每天")
    ACTIVITY = "activity", _("每项活动")
    YEAR = "year", _("每年")


class CreditCap(models.Model):
    """At most `max_hours` count per period from activities of these kinds."""

    pack = models.ForeignKey(CreditPack, on_delete=models.CASCADE, related_name="caps")
    name = models.CharField(_("上限"), max_length=80)
    kinds = models.JSONField(default=list)
    period = models.CharField(max_length=10, choices=CapPeriod.choices)
    max_hours = HoursField(_("最多学时"))

    class Meta:
        ordering = ["pack", "id"]
        constraints = [models.UniqueConstraint(fields=["pack", "name"], name="credit_cap_name")]

    def __str__(self) -> str:
        return self.name

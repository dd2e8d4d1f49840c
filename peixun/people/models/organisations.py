"""Organisations: today's tree with a stored path, and the dated versions behind it."""

from typing import Any

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from peixun.kernel.dated import DatedQuerySet, ordered_dates


class OrganisationKind(models.TextChoices):
    """组织类别."""

    COMMITTEE = "committee", _("党委")
    WORK_COMMITTEE = "work_committee", _("党工委")
    GENERAL_BRANCH = "general_branch", _("党总支")
    BRANCH = "branch", _("党支部")
    JOINT_BRANCH = "joint_branch", _("联合党支部")


MEMBER_KINDS = frozenset({OrganisationKind.BRANCH, OrganisationKind.JOINT_BRANCH})
"""Members belong to branches."""


class Sector(models.TextChoices):
    """领域."""

    VILLAGE = "village", _("农村")
    COMMUNITY = "community", _("街道社区")
    ORGAN = "organ", _("机关")
    INSTITUTION = "institution", _("事业单位")
    SCHOOL = "school", _("学校")
    STATE_ENTERPRISE = "state_enterprise", _("国有企业")
    NON_PUBLIC = "non_public", _("非公企业")
    SOCIAL = "social", _("社会组织")


class Level(models.TextChoices):
    """层级: where in the hierarchy of offices an organisation stands."""

    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")
    TOWNSHIP = "township", _("乡镇街道")
    GRASSROOTS = "grassroots", _("基层")


class PathField(models.CharField):  # type: ignore[type-arg]
    """A materialised path; PostgreSQL needs the C collation for prefix searches by index."""

    def db_parameters(self, connection: Any) -> dict[str, Any]:
        """Add the collation where the database has it."""
        parameters: dict[str, Any] = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


def path_step(organisation_id: int) -> str:
    """One step of a path: fixed width, so that a prefix never matches a longer number."""
    return f"{organisation_id:07d}/"


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Filters on today's tree."""

    def under(self, root: "Organisation") -> "OrganisationQuerySet":
        """The subtree of `root` as it stands today, itself included."""
        return self.filter(path__startswith=root.path)

    def under_any(self, paths: list[str]) -> "OrganisationQuerySet":
        """The subtrees with these path prefixes; none for an empty list."""
        condition = Q(pk__in=[])
        for path in paths:
            condition |= Q(path__startswith=path)
        return self.filter(condition)

    def open(self) -> "OrganisationQuerySet":
        """Those that have not been closed."""
        return self.filter(closed_on__isnull=True)


class Organisation(models.Model):
    """党组织, as it stands today. Its past is in `OrganisationVersion`; it closes, it never vanishes."""

    code = models.CharField(_("党组织代码"), max_length=40, unique=True)
    name = models.CharField(_("党组织名称"), max_length=200, db_index=True)
    short_name = models.CharField(_("简称"), max_length=60, blank=True)
    kind = models.CharField(_("组织类别"), max_length=20, choices=OrganisationKind.choices)
    sector = models.CharField(_("领域"), max_length=20, choices=Sector.choices, blank=True)
    level = models.CharField(_("层级"), max_length=12, choices=Level.choices)
    tags = models.JSONField(_("标签"), default=list, blank=True)
    division_code = models.CharField(_("行政区划代码"), max_length=12, blank=True)
    unit = models.JSONField(_("单位情况"), default=dict, blank=True)
    contact = models.JSONField(_("联系"), default=dict, blank=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = PathField(max_length=120, db_index=True)
    founded_on = models.DateField(_("成立日期"))
    closed_on = models.DateField(_("撤销日期"), null=True, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        verbose_name = _("党组织")
        constraints = [
            # One installation has one root.
            models.UniqueConstraint(
                Coalesce("parent", Value(0)), condition=Q(parent__isnull=True), name="organisation_one_root"
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    @property
    def depth(self) -> int:
        """0 for the root."""
        return len(self.path.split("/")) - 2

    @property
    def holds_members(self) -> bool:
        """Whether people may belong to it directly."""
        return self.kind in MEMBER_KINDS


class OrganisationVersion(models.Model):
    """What an organisation was from `since` until `until`: its name, kind, place in the tree, attributes."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="versions")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=OrganisationKind.choices)
    sector = models.CharField(max_length=20, choices=Sector.choices, blank=True)
    level = models.CharField(max_length=12, choices=Level.choices)
    tags = models.JSONField(default=list, blank=True)
    parent = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")

    objects = DatedQuerySet["OrganisationVersion"].as_manager()

    class Meta:
        ordering = ["organisation", "since"]
        constraints = [
            ordered_dates("organisation_version"),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(until__isnull=True), name="organisation_version_one_open"
            ),
            models.UniqueConstraint(fields=["organisation", "since"], name="organisation_version_since"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.since}–{self.until or ''})"


class SuccessionKind(models.TextChoices):
    """How an organisation became another."""

    MERGE = "merge", _("并入")
    SPLIT = "split", _("分设")


class Succession(models.Model):
    """One organisation's successor: a merger has several predecessors, a split several successors."""

    predecessor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="precessions")
    kind = models.CharField(max_length=8, choices=SuccessionKind.choices)
    happened_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["predecessor", "successor"], name="succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=models.F("successor")), name="succession_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"

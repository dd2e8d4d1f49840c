"""What is kept of the person-year function's results. Everything here can be rebuilt from nothing."""

from django.db import models
from django.db.models import Q

from peixun.kernel.hours import HoursField
from peixun.people.models import Organisation, Person


class PersonYear(models.Model):
    """One person in one year, at the year's last day as known now."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    branch = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    due = models.BooleanField()
    covered = models.BooleanField()
    fulfilled = models.BooleanField()
    audiences = models.BigIntegerField(default=0)
    hours = HoursField(default=0)
    person_times = models.PositiveIntegerField(default=0)
    # Requirement ids with what is still missing: [[requirement_id, quarters, concentrated], …].
    missing = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "year"], name="person_year_once")]
        indexes = [
            models.Index(fields=["branch", "year"], name="person_year_branch"),
            # Whose task the missing are is counted from this alone; most of the year it holds few.
            models.Index(
                fields=["year", "branch", "audiences"], condition=Q(due=True, covered=False), name="person_year_missing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.year}"


class RollUp(models.Model):
    """Sums over an organisation's whole subtree for one cut, at each month's end of a year.

    `cut` is `all`, `audience:KEY` or a dimension such as `delivery:online`. `months` holds twelve times
    `[due, covered, fulfilled, person_times, quarters]`; in cuts by dimension `covered` counts the people.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    cut = models.CharField(max_length=50)
    months = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "cut"], name="roll_up_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.year} {self.cut}"


class StructureStamp(models.Model):
    """A token that changes whenever the tree, an audience or a pack does: what is remembered of them is valid
    as long as the token is the same."""

    token = models.UUIDField()

    def __str__(self) -> str:
        return str(self.token)


class StaleBranch(models.Model):
    """A note that a branch's roll-up of a year is to be recomputed: a queue, so that no note is lost.

    `persons` says that its person-years are to be recomputed as well.
    """

    branch = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    persons = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["year", "branch"], name="stale_branch_year")]

    def __str__(self) -> str:
        return f"{self.branch_id} {self.year}"

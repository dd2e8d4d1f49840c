"""Import jobs: one file on its way in, and who was missing from it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from peixun.people.models import Account, Person
from peixun.people.queries.scope import Actor, Permission

KEPT = timedelta(days=30)
"""How long files that people uploaded are kept."""


class JobState(models.TextChoices):
    """Where a job stands."""

    QUEUED = "queued", _("等待检查")
    PLANNING = "planning", _("正在检查")
    PLANNED = "planned", _("等待确认")
    CONFIRMED = "confirmed", _("等待导入")
    APPLYING = "applying", _("正在导入")
    DONE = "done", _("已导入")
    REFUSED = "refused", _("没有读取")
    FAILED = "failed", _("没有完成")
    CANCELLED = "cancelled", _("已取消")


UNDER_WAY = frozenset({JobState.QUEUED, JobState.PLANNING, JobState.CONFIRMED, JobState.APPLYING})


class ImportJobQuerySet(models.QuerySet["ImportJob"]):
    """Filters over jobs."""

    def under_way(self) -> Self:
        """Those that the background process works on, or will."""
        return self.filter(state__in=UNDER_WAY)


class ImportJob(models.Model):
    """One uploaded file: what it would change, whether that was confirmed, what became of it.

    `scope` holds the path prefixes that its owner could import into: whoever may import into all of them sees it.
    `preview` holds samples and problems with masked numbers; it goes with the file after 30 days.
    """

    key = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    scope = models.JSONField(default=list)
    file_name = models.CharField(max_length=120)
    folder = models.CharField(max_length=40, unique=True)
    created_at = models.DateTimeField(db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    files_deleted_at = models.DateTimeField(null=True, blank=True)
    skip_bad = models.BooleanField(default=False)
    rows = models.PositiveIntegerField(default=0)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    preview = models.JSONField(default=dict)
    reason = models.CharField(max_length=400, blank=True)
    late_reason = models.CharField(max_length=100, blank=True)

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("导入")

    def __str__(self) -> str:
        return f"{self.key} {self.file_name}"

    @property
    def path(self) -> Path:
        """The folder of its files."""
        return Path(settings.MEDIA_ROOT) / "imports" / self.folder

    @property
    def source(self) -> Path:
        """The uploaded file."""
        return self.path / "source"

    @property
    def errors(self) -> Path:
        """The workbook of bad rows."""
        return self.path / "errors.xlsx"

    @property
    def is_under_way(self) -> bool:
        """Whether the background process works on it, or will."""
        return self.state in UNDER_WAY

    @property
    def counts(self) -> tuple[int, int, int, int, int]:
        """Rows: all, new, changed, unchanged, bad."""
        return (self.rows, self.new, self.changed, self.unchanged, self.bad)

    @property
    def deleted_on(self) -> datetime:
        """When its files will be gone."""
        return self.created_at + KEPT

    def visible_to(self, actor: Actor) -> bool:
        """Whether an actor may import into everything that this job could touch."""
        return bool(self.scope) and all(actor.may(Permission.IMPORT, path) for path in self.scope)


class Choice(models.TextChoices):
    """What was decided about somebody who is on the roll and not in the file."""

    KEEP = "keep", _("仍在本支部")
    LEFT = "left", _("已转出或离开")
    LOST = "lost", _("失去联系")
    DIED = "died", _("已去世")


class MissingPerson(models.Model):
    """Somebody on the roll of the file's branches who wasn't in the file: people decide, never the file."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="missing")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=200)
    choice = models.CharField(max_length=6, choices=Choice.choices, blank=True)
    decided_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place", "id"]
        constraints = [models.UniqueConstraint(fields=["job", "person"], name="missing_person_once")]

    def __str__(self) -> str:
        return f"{self.person_id} missing from job {self.job_id}"


def as_missing(job: ImportJob, missing: Any) -> MissingPerson:
    """A row for somebody whom a plan lists as missing."""
    return MissingPerson(job=job, person_id=missing.person_id, place=missing.place)

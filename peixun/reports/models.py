"""What was issued, and what is exported on a schedule. The guards in `apps.py` make issued reports append-only."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peixun.people.models import Account, Organisation
from peixun.reports import rules


class ReportKind(models.TextChoices):
    """What kinds of report are issued."""

    WORK = "work", _("工作报告")


class IssuedReport(models.Model):
    """One version of a report, frozen: its figures, its file, and what has changed since the version before.

    `seal_number` and `head` say up to where the ledger had been sealed (all that the figures were counted from lies
    under that seal), `acts` is the last audit entry there was. `document_digest` is the SHA-256 of the file, `digest`
    covers the whole row and the version before. `differences` is empty in a first version. `roll` keeps the ids of who
    was due and trained (`queries/frozen_roll.py`); versions of before it was kept have none.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ReportKind.choices, default=ReportKind.WORK)
    year = models.PositiveSmallIntegerField(_("年度"))
    as_of = models.DateField(_("截至"))
    number = models.PositiveSmallIntegerField(_("版次"))
    previous = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="+")
    title = models.CharField(_("标题"), max_length=200)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    figures = models.JSONField()
    differences = models.JSONField(default=dict)
    seal_number = models.PositiveIntegerField()
    head = models.CharField(max_length=64, blank=True)
    sealed = models.PositiveBigIntegerField()
    acts = models.BigIntegerField()
    roll = models.BinaryField(null=True)
    document = models.BinaryField()
    document_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("正式报告")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "kind", "year", "as_of", "number"], name="issued_report_version"
            ),
            models.CheckConstraint(
                condition=Q(number=1, previous__isnull=True) | Q(number__gt=1, previous__isnull=False),
                name="issued_report_previous",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}: version {self.number}"


class Exported(models.TextChoices):
    """What a schedule exports."""

    STATISTICS = "statistics", _("统计表")
    GAPS = "gaps", _("欠学名单")
    FIGURES = "figures", _("工作报告数据")


class Rhythm(models.TextChoices):
    """How often."""

    WEEKLY = rules.WEEKLY, _("每周")
    MONTHLY = rules.MONTHLY, _("每月")


class UpToDay(models.TextChoices):
    """Up to which day what is exported counts."""

    RUN = "run", _("导出当天")
    MONTH_END = "month_end", _("上月末")


class ScheduleState(models.TextChoices):
    """Whether a schedule runs."""

    ACTIVE = "active", _("按期导出")
    PAUSED = "paused", _("已暂停")
    STOPPED = "stopped", _("已停止")


class Outcome(models.TextChoices):
    """How the last run ended."""

    NONE = "", _("还没有导出过")
    DONE = "done", _("已导出")
    FAILED = "failed", _("没有导出")


class Schedule(models.Model):
    """A file that its owner wants again and again, made with what the owner may see on the day.

    `chosen` holds the filter. `next_run` is a business date, `not_before` an instant: whoever works on a run moves it
    on by a lease, so that nobody else does; `tries` counts how often the run was begun. A stopped one has lost its
    right; only its owner can resume it, and only with the right.
    """

    owner = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(_("导出内容"), max_length=10, choices=Exported.choices)
    chosen = models.JSONField(default=dict)
    up_to = models.CharField(_("截至"), max_length=10, choices=UpToDay.choices, default=UpToDay.RUN)
    rhythm = models.CharField(_("多久一次"), max_length=8, choices=Rhythm.choices)
    day = models.PositiveSmallIntegerField(_("哪一天"))
    state = models.CharField(max_length=8, choices=ScheduleState.choices, default=ScheduleState.ACTIVE)
    next_run = models.DateField(_("下次导出"))
    not_before = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=6, choices=Outcome.choices, default=Outcome.NONE, blank=True)
    outcome_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("定期导出")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(rhythm=Rhythm.WEEKLY, day__gte=1, day__lte=rules.LAST_WEEKDAY)
                | Q(rhythm=Rhythm.MONTHLY, day__gte=1, day__lte=rules.LAST_DAY),
                name="schedule_day",
            )
        ]
        indexes = [models.Index(fields=["next_run"], condition=Q(state="active"), name="schedule_due")]

    def __str__(self) -> str:
        return f"schedule {self.pk}"


class ScheduledFile(models.Model):
    """What a run made; it lies in the database, so that backups hold it. `due_on` is the day it was due."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="files")
    due_on = models.DateField()
    as_of = models.DateField(_("截至"))
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    data = models.BinaryField()
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("定期导出的文件")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["schedule", "due_on"], name="scheduled_file_once")]
        indexes = [models.Index(fields=["expires_at"], name="scheduled_file_expiry")]

    def __str__(self) -> str:
        return f"file {self.pk} of schedule {self.schedule_id}"

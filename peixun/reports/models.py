"""What was issued. The guards in `apps.py` make issued reports append-only."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peixun.people.models import Account, Organisation


class ReportKind(models.TextChoices):
    """What kinds of report are issued."""

    WORK = "work", _("工作报告")


class IssuedReport(models.Model):
    """One version of a report, frozen: its figures, its file, and what has changed since the version before.

    `seal_number` and `head` say up to where the ledger had been sealed (all that the figures were counted from lies
    under that seal), `acts` is the last audit entry there was. `document_digest` is the SHA-256 of the file, `digest`
    covers the whole row and the version before. `differences` is empty in a first version.
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

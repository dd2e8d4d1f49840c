"""The audit trail: who did what, and who opened personal data. Append-only, guarded by the database."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from peixun.people.models.accounts import Account
from peixun.people.models.organisations import Organisation


class AuditEntry(models.Model):
    """One act. `subject` is the kind of thing, `subject_id` its id; `detail` holds no personal numbers."""

    at = models.DateTimeField(db_index=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    system_user = models.CharField(max_length=60, blank=True)
    action = models.CharField(_("动作"), max_length=40)
    subject = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("审计记录")
        indexes = [models.Index(fields=["subject", "subject_id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject} {self.subject_id}"

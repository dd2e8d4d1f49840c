"""Drafts of packs, and what trying out a draft or an audience would change."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from peixun.people.models import Account, Organisation


class PackKind(models.TextChoices):
    """Which kind of rules."""

    REQUIREMENT = "requirement", _("学时要求")
    CREDIT = "credit", _("学时折算办法")
    DUTY = "duty", _("培训责任")


class DraftState(models.TextChoices):
    """Where a draft stands."""

    DRAFT = "draft", _("草稿")
    PUBLISHED = "published", _("已发布")
    DROPPED = "dropped", _("已放弃")


class PackDraft(models.Model):
    """A pack on its way. `content` is what was typed, whole or not: `queries.checking` reads it.

    `version` grows with every change, so that of two who edit at once the second is told. `published` is the id of
    the pack that it became, `cut` of the one that ended for it, which had `cut_until` as its first day without it.
    """

    kind = models.CharField(max_length=12, choices=PackKind.choices)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=DraftState.choices, default=DraftState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    base_name = models.CharField(max_length=120, blank=True)
    published = models.BigIntegerField(null=True, blank=True)
    cut = models.BigIntegerField(null=True, blank=True)
    cut_until = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    changed_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return str(self.content.get("name") or self.get_kind_display())


class TrialState(models.TextChoices):
    """Where a trial stands."""

    WAITING = "waiting", _("等待试算")
    RUNNING = "running", _("正在试算")
    DONE = "done", _("已试算")
    FAILED = "failed", _("没有完成")
    STOPPED = "stopped", _("已停止")


UNDER_WAY = (TrialState.WAITING, TrialState.RUNNING)
SILENT = timedelta(minutes=5)
"""A trial tells how far it is every few seconds: after so long without a word its process must have ended."""


class Trial(models.Model):
    """What a draft, an audience's new rule, or the end of a pack would change: worked out in the background.

    `wanted` is the audience as it would be saved, or `{"pack": [kind, id], "act": "end" or "withdraw", "on": day,
    "reason": text}`. `result` holds a list of years in the shape of
    `queries.effects`. `stamp` and `version` say of which data and which version it holds true.
    """

    draft = models.ForeignKey(PackDraft, on_delete=models.CASCADE, null=True, related_name="trials")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    wanted = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=TrialState.choices, default=TrialState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=list)
    stamp = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"

    def is_silent(self, at: datetime) -> bool:
        """Whether it is under way but nothing has been heard of it for so long that it must have broken off."""
        return self.state in UNDER_WAY and at - (self.told_at or self.made_at) > SILENT

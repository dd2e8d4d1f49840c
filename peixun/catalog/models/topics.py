"""Topics of the curriculum."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from peixun.catalog.models.vocabulary import Strand


class TopicGroup(models.TextChoices):
    """Groups of topics that reports count."""

    WORKING_SYSTEM = "working_system", _("党内组织生活制度")
    LEADING_ACTION = "leading_action", _("引领行动")
    THEORY = "theory", _("理论学习")
    HISTORY = "history", _("党史党规")
    WARNING = "warning", _("警示教育")
    SKILL = "skill", _("履职能力")


class Topic(models.Model):
    """主题: what is taught. `invented` marks a name that the demo made up."""

    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("主题"), max_length=80, unique=True)
    group = models.CharField(max_length=20, choices=TopicGroup.choices)
    strand = models.CharField(max_length=10, choices=Strand.choices)
    invented = models.BooleanField(default=False)

    class Meta:
        ordering = ["group", "id"]
        verbose_name = _("主题")

    def __str__(self) -> str:
        return self.name

"""Audiences (培训对象类别): saved rules over posts, ranks, levels, sectors, kinds, tags and statuses."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from peixun.people.models.organisations import Organisation

MAX_AUDIENCES = 62
"""Membership in audiences is kept as bits of one 64-bit number."""


class Audience(models.Model):
    """A group of people by rule, evaluated for a day. `rule` has the shape of `rules.AudienceRule`."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("培训对象"), max_length=60)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    rule = models.JSONField(default=dict)
    bit = models.PositiveSmallIntegerField(unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "bit"]
        verbose_name = _("培训对象")
        constraints = [
            models.CheckConstraint(condition=models.Q(bit__lt=MAX_AUDIENCES), name="audience_bit_fits"),
        ]

    def __str__(self) -> str:
        return self.name

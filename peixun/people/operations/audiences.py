"""Audiences: saved, each with a bit of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.people import hooks
from peixun.people.models import Audience, Organisation
from peixun.people.models.audiences import MAX_AUDIENCES
from peixun.people.operations import audit
from peixun.people.queries.scope import Actor
from peixun.people.rules import read_rule


class AudienceError(Exception):
    """An audience can't be saved like that. The text is for people."""


@dataclass(frozen=True, slots=True)
class NewAudience:
    """An audience to save; `rule` has the fields of `rules.AudienceRule` without its bit."""

    key: str
    name: str
    rule: Mapping[str, Sequence[str | int]] = field(default_factory=dict)


@transaction.atomic
def save_audience(new: NewAudience, *, owner: Organisation, by: Actor, at: datetime) -> Audience:
    """This operation will save an audience: a new one takes the lowest free bit, a known key keeps its own.

    Raises ValueError for a rule with unknown fields and AudienceError when no bit is free.
    """
    rule = {name: list(values) for name, values in new.rule.items()}
    audience = Audience.objects.filter(key=new.key).first()
    if audience is None:
        audience = Audience(key=new.key, bit=_free_bit(), position=Audience.objects.count())
    read_rule(audience.bit, rule)
    audience.name, audience.owner, audience.rule = new.name, owner, rule
    audience.save()
    audit.record(
        by=by,
        at=at,
        action="save",
        subject="audience",
        subject_id=audience.pk,
        organisation_id=owner.pk,
        key=new.key,
    )
    hooks.structure_changed.fire()
    return audience


def _free_bit() -> int:
    taken = set(Audience.objects.values_list("bit", flat=True))
    for bit in range(MAX_AUDIENCES):
        if bit not in taken:
            return bit
    raise AudienceError(_("最多设 %(most)s 类培训对象") % {"most": MAX_AUDIENCES})

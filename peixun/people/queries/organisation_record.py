"""One organisation with its history: versions, predecessors and successors, who holds which post."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext as _

from peixun.people.models import Organisation, OrganisationVersion, Post, PostTitle, Succession, SuccessionKind

MOST_CHILDREN = 300
ORDER = {title: place for place, title in enumerate(PostTitle.values)}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an organisation: on a day, in words, with what it is about."""

    on: date
    title: str
    text: str = ""
    other: Organisation | None = None


@dataclass(frozen=True, slots=True)
class OrganisationRecord:
    """An organisation as its page shows it. `line` leads from the root to its parent."""

    organisation: Organisation
    line: list[Organisation]
    children: list[Organisation]
    posts: list[Post]
    events: list[Event]


def organisation_record(organisation: Organisation, *, day: date) -> OrganisationRecord:
    """The record of an organisation on a day, in a fixed number of queries."""
    above = [int(step) for step in organisation.path.split("/") if step][:-1]
    by_id = Organisation.objects.in_bulk(above)
    open_children = Organisation.objects.filter(parent=organisation, closed_on__isnull=True).order_by("code")
    order = Case(*(When(title=t, then=Value(n)) for t, n in ORDER.items()), output_field=IntegerField())
    posts = Post.objects.on(day).filter(organisation=organisation).select_related("person").order_by(order, "since")
    return OrganisationRecord(
        organisation=organisation,
        line=[by_id[pk] for pk in above if pk in by_id],
        children=list(open_children[:MOST_CHILDREN]),
        posts=list(posts),
        events=_events(organisation),
    )


def _events(organisation: Organisation) -> list[Event]:
    versions = list(OrganisationVersion.objects.filter(organisation=organisation).select_related("parent"))
    versions.sort(key=lambda v: v.since)
    events = []
    if versions:
        first = versions[0]
        events.append(Event(organisation.founded_on, _("成立"), first.name, first.parent))
        events += [event for old, new in pairwise(versions) for event in _changes(old, new)]
    before = Succession.objects.filter(successor=organisation).select_related("predecessor")
    after = Succession.objects.filter(predecessor=organisation).select_related("successor")
    events += [Event(s.happened_on, _came(s), "", s.predecessor) for s in before]
    events += [Event(s.happened_on, _went(s), "", s.successor) for s in after]
    if organisation.closed_on:
        events.append(Event(organisation.closed_on, _("撤销")))
    return sorted(events, key=lambda e: e.on, reverse=True)


def _changes(old: OrganisationVersion, new: OrganisationVersion) -> list[Event]:
    found = []
    if old.name != new.name:
        found.append(Event(new.since, _("更名"), _("%(old)s 更名为 %(new)s") % {"old": old.name, "new": new.name}))
    if old.parent_id != new.parent_id:
        found.append(Event(new.since, _("改变隶属关系，上级党组织为"), "", new.parent))
    if old.kind != new.kind:
        words = {"old": old.get_kind_display(), "new": new.get_kind_display()}
        found.append(Event(new.since, _("改变组织类别"), _("%(old)s 改为 %(new)s") % words))
    if (old.sector, old.level, old.tags) != (new.sector, new.level, new.tags):
        now = [new.get_sector_display(), new.get_level_display(), *new.tags]
        found.append(Event(new.since, _("调整领域、层级或标签"), _("、").join(str(word) for word in now if word)))
    return found


def _came(succession: Succession) -> str:
    return _("有党组织并入：") if succession.kind == SuccessionKind.MERGE else _("分设自：")


def _went(succession: Succession) -> str:
    return _("并入：") if succession.kind == SuccessionKind.MERGE else _("分设出：")

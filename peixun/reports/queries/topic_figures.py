"""Figures over the topics that were taught."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from peixun.catalog.models import TopicGroup
from peixun.reports.queries.activities import Held
from peixun.reports.queries.found import Draft, Found, found
from peixun.reports.queries.records import YearRecords
from peixun.reports.queries.sources import ActivityEntries, Group, Row

Builder = Callable[[YearRecords], Found]


def practice_systems(year: YearRecords) -> Found:
    """Working systems that were taught."""
    rule = _("应训人员参加过的活动所讲授的党内组织生活制度，每项制度计一次")
    return _taught(year, TopicGroup.WORKING_SYSTEM, "practice_systems", _("专题辅导的党内组织生活制度"), rule)


def leading_actions(year: YearRecords) -> Found:
    """Leading actions that were interpreted."""
    rule = _("应训人员参加过的活动所解读的引领行动，每项行动计一次")
    return _taught(year, TopicGroup.LEADING_ACTION, "leading_actions", _("重点解读的引领行动"), rule)


def _taught(year: YearRecords, group: str, key: str, label: str, rule: str) -> Found:
    topics = year.taught_topics(group)
    wanted = {topic.key for topic in topics}

    def takes(activity: Held) -> bool:
        return not wanted.isdisjoint(activity.topics)

    held = year.attended.selected(takes)
    entries = sum(year.attended.entries[a.id] for a in held)
    draft = Draft(key=key, label=label, unit=_("项"), rule=rule, count=len(topics), entries=entries)
    counts = {
        topic.key: sum(year.attended.person_times[a.id] for a in held if topic.key in a.topics) for topic in topics
    }
    groups = [Group(topic.name, _("%d人次") % counts[topic.key]) for topic in topics]
    taught = {a.id: wanted.intersection(a.topics) for a in held}

    def recount(rows: Iterable[Row]) -> int:
        return len(set().union(*(taught[pk] for pk in {row.activity for row in rows})))

    source = ActivityEntries(lambda: [a.id for a in held], year.roll.ids, year.first, year.as_of)
    return found(year, draft, source, recount, groups)


BUILDERS: dict[str, Builder] = {"practice_systems": practice_systems, "leading_actions": leading_actions}

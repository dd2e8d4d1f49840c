"""Figures of what the account calls repeated and many-headed training: the same people in too many classes."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import combinations

from django.utils.translation import gettext as _

from peixun.kernel import bulk
from peixun.ledger.models import CreditEntry
from peixun.reports.queries.activities import Held
from peixun.reports.queries.found import Draft, Found, found
from peixun.reports.queries.records import YearRecords
from peixun.reports.queries.sources import Listed, Row

Builder = Callable[[YearRecords], Found]


def same_topic(one: Held, other: Held) -> bool:
    """Whether two classes teach a topic in common."""
    return not set(one.topics).isdisjoint(other.topics)


def same_days(one: Held, other: Held) -> bool:
    """Whether two organisers called people to classes on the same days."""
    return one.organiser_id != other.organiser_id and one.starts_on <= other.ends_on and other.starts_on <= one.ends_on


def repeated_people(year: YearRecords) -> Found:
    """People who were taught the same topic in two classes of the year."""
    rule = _("本年度参加过两期以上脱产培训班、其中有相同主题的应训人员，每人计一次")
    return _pairs(year, "repeated_people", _("重复培训人数"), rule, same_topic)


def overlapped_people(year: YearRecords) -> Found:
    """People whom two organisers called to classes on the same days."""
    rule = _("本年度被不同单位调训、所参加脱产培训班举办日期重叠的应训人员，每人计一次")
    return _pairs(year, "overlapped_people", _("多头调训人数"), rule, same_days)


def _pairs(year: YearRecords, key: str, label: str, rule: str, concerns: Callable[[Held, Held], bool]) -> Found:
    known: dict[tuple[int, int], bool] = {}

    def clash(one: int, other: int) -> bool:
        pair = (min(one, other), max(one, other))
        if pair not in known:
            known[pair] = concerns(year.attended.held[pair[0]], year.attended.held[pair[1]])
        return known[pair]

    clashing: dict[int, set[int]] = {}
    for person, classes in year.attended.several_classes.items():
        both = {pk for pair in combinations(classes, 2) if clash(*pair) for pk in pair}
        if both:
            clashing[person] = both
    rows = _rows(year, clashing)
    draft = Draft(key=key, label=label, unit=_("人"), rule=rule, count=len(clashing), entries=len(rows))

    def recount(behind: Iterable[Row]) -> int:
        classes: dict[int, set[int]] = defaultdict(set)
        for row in behind:
            classes[row.person].add(row.activity)
        return sum(any(clash(*pair) for pair in combinations(sorted(attended), 2)) for attended in classes.values())

    return found(year, draft, Listed(rows), recount)


def _rows(year: YearRecords, clashing: dict[int, set[int]]) -> list[Row]:
    ids = {pk: person for pk, person in year.roll.ids.items() if person in clashing}
    order = {person: number for number, person in enumerate(year.roll.due)}
    rows: list[Row] = []
    for chunk in bulk.chunks(ids, 5000):
        entries = CreditEntry.objects.effective().happened(year.first, year.as_of).filter(person__in=chunk)
        for pk, entry, activity, day in entries.values_list("person_id", "pk", "activity_id", "happened_on"):
            if activity in clashing[ids[pk]]:
                rows.append(Row(ids[pk], entry, activity, day))
    return sorted(rows, key=lambda row: (order[row.person], row.day or year.first, row.entry))


BUILDERS: dict[str, Builder] = {"repeated_people": repeated_people, "overlapped_people": overlapped_people}

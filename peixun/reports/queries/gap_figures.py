"""Figures of what is thin: parts of the organisation, audiences, months, teaching modes."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from django.utils.translation import gettext as _

from peixun.coverage.queries.position import Count
from peixun.kernel.figures import Part
from peixun.people.models import Audience, Organisation
from peixun.reports.queries.activities import Held
from peixun.reports.queries.found import Draft, Found, found, people, person_times, records
from peixun.reports.queries.fulfilment import fulfilled_people
from peixun.reports.queries.records import YearRecords
from peixun.reports.queries.sources import ActivityEntries, Group, LaterPeople, People, PeopleEntries

Builder = Callable[[YearRecords], Found]
Named = Callable[[YearRecords, str], Found | None]


def _part_of(year: YearRecords, code: str) -> Organisation | None:
    """An organisation of the subtree on the date, by its code."""
    organisation = Organisation.objects.filter(code=code).first()
    return organisation if organisation is not None and organisation.pk in year.roll.branches else None


def coverage_in(year: YearRecords, code: str) -> Found | None:
    """The coverage of a part of the subtree."""
    organisation = _part_of(year, code)
    if organisation is None:
        return None
    due = year.roll.below(organisation.pk)
    covered = [p for p in due if p in year.attended.covered]
    wanted = set(due)
    draft = Draft(
        key=f"coverage_in:{code}",
        label=_("%s培训覆盖率") % organisation,
        unit="%",
        rule=_("该组织截止日期应训人员中，本年度有有效学时记录的人员，每人计一次"),
        count=len(covered),
        entries=sum(year.attended.entries_by_person[p] for p in covered),
        of=Part(len(due), _("该组织截止日期在册且应训的人员")),
        share=True,
    )
    ids = {pk: person for pk, person in year.roll.ids.items() if person in wanted}
    return found(year, draft, PeopleEntries(ids, year.first, year.as_of), people)


def uncovered_in(year: YearRecords, code: str) -> Found | None:
    """Due people of a part of the subtree without hours."""
    organisation = _part_of(year, code)
    if organisation is None:
        return None
    missing = [p for p in year.roll.below(organisation.pk) if p not in year.attended.covered]
    label, rule = _("%s尚未参训人数") % organisation, _("该组织截止日期应训、本年度没有有效学时记录的人员，每人计一次")
    return _missing(year, f"uncovered_in:{code}", label, rule, missing)


def uncovered_of(year: YearRecords, key: str) -> Found | None:
    """Due people of an audience without hours."""
    audience = year.audiences.get(key)
    if audience is None:
        return None
    missing = [p for p in year.roll.audience(audience) if p not in year.attended.covered]
    label, rule = _("%s尚未参训人数") % audience, _("截止日期应训的该类人员中，本年度没有有效学时记录的，每人计一次")
    return _missing(year, f"uncovered_of:{key}", label, rule, missing)


def unreached_of(year: YearRecords, key: str) -> Found | None:
    """Due people of an audience of key classes who took part in none."""
    reach = next((r for r in year.key_reach if r.audience.key == key), None)
    if reach is None:
        return None
    reached = set(reach.reached)
    missing = [p for p in reach.due if p not in reached]
    label = _("%s未参加市级重点培训班人数") % reach.audience
    rule = _("截止日期应训的该类人员中，本年度没有参加市级重点培训班的，每人计一次")
    return _missing(year, f"unreached_of:{key}", label, rule, missing)


def unfulfilled_total(year: YearRecords) -> Found:
    """Due people who still owe something."""

    def load() -> Sequence[int]:
        done = fulfilled_people(year)
        return [p for p in year.roll.due if p not in done]

    total = year.position.total
    label, rule = _("未达标人数"), _("截止日期应训、本年度学时要求尚未全部达到的人员，每人计一次")
    return _later(year, "unfulfilled_total", label, rule, total.due - total.fulfilled, load)


def unfulfilled_in(year: YearRecords, code: str) -> Found | None:
    """Due people of a part of the subtree who still owe something."""
    organisation = _part_of(year, code)
    if organisation is None:
        return None
    part = organisation.pk

    def load() -> Sequence[int]:
        done = fulfilled_people(year)
        return [p for p in year.roll.below(part) if p not in done]

    count = year.position_of(organisation).total
    label, rule = (
        _("%s未达标人数") % organisation,
        _("该组织截止日期应训、本年度学时要求尚未全部达到的人员，每人计一次"),
    )
    return _later(year, f"unfulfilled_in:{code}", label, rule, count.due - count.fulfilled, load)


def unfulfilled_of(year: YearRecords, key: str) -> Found | None:
    """Due people of an audience who still owe something."""
    audience = year.audiences.get(key)
    if audience is None:
        return None
    kept, count = audience, _audience_count(year, audience)

    def load() -> Sequence[int]:
        done = fulfilled_people(year)
        return [p for p in year.roll.audience(kept) if p not in done]

    label, rule = _("%s未达标人数") % audience, _("截止日期应训的该类人员中，本年度学时要求尚未全部达到的，每人计一次")
    return _later(year, f"unfulfilled_of:{key}", label, rule, count.due - count.fulfilled, load)


def _audience_count(year: YearRecords, audience: Audience) -> Count:
    return next((row.count for row in year.position.audiences if row.key == audience.key), Count())


def _missing(year: YearRecords, key: str, label: str, rule: str, missing: Sequence[int]) -> Found:
    draft = Draft(key=key, label=label, unit=_("人"), rule=rule, count=len(missing), entries=len(missing))
    return found(year, draft, People(missing), people)


def _later(year: YearRecords, key: str, label: str, rule: str, count: int, load: Callable[[], Sequence[int]]) -> Found:
    draft = Draft(key=key, label=label, unit=_("人"), rule=rule, count=count, entries=count)
    return found(year, draft, LaterPeople(load), people)


def last_quarter_share(year: YearRecords) -> Found:
    """The share of the year's entries that lie in its fourth quarter."""
    months = year.attended.entries_by_month
    count = sum(months[m] for m in (10, 11, 12))
    draft = Draft(
        key="last_quarter_share",
        label=_("第四季度学时记录占比"),
        unit="%",
        rule=_("应训人员10月至12月的有效学时记录条数"),
        count=count,
        entries=count,
        of=Part(year.attended.total, _("应训人员本年度有效学时记录条数")),
        share=True,
    )
    return found(year, draft, PeopleEntries(year.roll.ids, date(year.year, 10, 1), year.as_of), records)


def quiet_months(year: YearRecords) -> Found:
    """Months without any entry."""
    months = year.attended.entries_by_month
    quiet = [m for m in range(1, year.as_of.month + 1) if not months[m]]
    draft = Draft(
        key="quiet_months",
        label=_("没有学时记录的月份"),
        unit=_("个月"),
        rule=_("截止日期以前，应训人员没有任何有效学时记录的月份"),
        count=len(quiet),
        entries=0,
    )
    groups = [Group(_("%d月") % m, _("%d条记录") % months[m]) for m in range(1, year.as_of.month + 1)]
    return found(year, draft, People(()), lambda _rows: len(quiet), groups)


def modes(year: YearRecords) -> Counter[str]:
    """Person-times by teaching mode; activities without one are left out."""
    counts: Counter[str] = Counter()
    for pk, times in year.attended.person_times.items():
        mode = year.attended.held[pk].mode
        if mode:
            counts[mode] += times
    return counts


def top_mode_share(year: YearRecords) -> Found:
    """The share of the teaching mode that is used most."""
    counts = modes(year)
    top, count = counts.most_common(1)[0] if counts else ("", 0)
    held: list[Held] = year.attended.selected(lambda a: bool(a.mode) and a.mode == top)
    draft = Draft(
        key="top_mode_share",
        label=_("使用最多的授课形式占比"),
        unit="%",
        rule=_("应训人员参加的使用最多的授课形式的活动，每人每项活动计一次人次"),
        count=count,
        entries=sum(year.attended.entries[a.id] for a in held),
        of=Part(counts.total(), _("应训人员参加的注明授课形式的活动，每人每项活动计一次人次")),
        share=True,
    )
    groups = [Group(name, _("%d人次") % number) for name, number in counts.most_common()]

    source = ActivityEntries(lambda: [a.id for a in held], year.roll.ids, year.first, year.as_of)
    return found(year, draft, source, person_times, groups)


BUILDERS: dict[str, Builder] = {
    "unfulfilled_total": unfulfilled_total,
    "last_quarter_share": last_quarter_share,
    "quiet_months": quiet_months,
    "top_mode_share": top_mode_share,
}
NAMED: dict[str, Named] = {
    "coverage_in": coverage_in,
    "uncovered_in": uncovered_in,
    "uncovered_of": uncovered_of,
    "unreached_of": unreached_of,
    "unfulfilled_in": unfulfilled_in,
    "unfulfilled_of": unfulfilled_of,
}

"""Figures over everybody who is due: trained, coverage, and what was attended by kind and dimension."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from peixun.kernel.figures import Part
from peixun.reports.queries.activities import SELECTIONS
from peixun.reports.queries.found import Draft, Found, Recount, activities, found, people, person_times
from peixun.reports.queries.fulfilment import fulfilled_people
from peixun.reports.queries.records import YearRecords
from peixun.reports.queries.sources import ActivityEntries, LaterPeople, People, PeopleEntries

Builder = Callable[[YearRecords], Found]


def due_part(year: YearRecords) -> Part:
    """Everybody who is due, as a denominator."""
    return Part(len(year.roll.due), _("截止日期在册且应训的人员，每人计一次；失联和批准免训的不计"))


def members_total(year: YearRecords) -> Found:
    """Everybody who is due."""
    due = due_part(year)
    draft = Draft(
        key="members_total",
        label=_("应训党员干部总数"),
        unit=_("人"),
        rule=due.rule,
        count=int(due.value),
        entries=int(due.value),
    )
    return found(year, draft, People(tuple(year.roll.due)), people)


def trained_total(year: YearRecords) -> Found:
    """Due people with hours in the year."""
    return found(year, _trained(year, "trained_total", _("培训党员干部总数"), _("人")), _all_entries(year), people)


def coverage_rate(year: YearRecords) -> Found:
    """Their share of all who are due."""
    draft = _trained(year, "coverage_rate", _("培训覆盖率"), "%", share=True)
    return found(year, draft, _all_entries(year), people)


def uncovered_total(year: YearRecords) -> Found:
    """Due people without hours in the year."""
    missing = tuple(p for p in year.roll.due if p not in year.attended.covered)
    draft = Draft(
        key="uncovered_total",
        label=_("尚未参训人数"),
        unit=_("人"),
        rule=_("截止日期在册且应训、本年度没有有效学时记录的人员，每人计一次"),
        count=len(missing),
        entries=len(missing),
    )
    return found(year, draft, People(missing), people)


def _trained(year: YearRecords, key: str, label: str, unit: str, *, share: bool = False) -> Draft:
    return Draft(
        key=key,
        label=label,
        unit=unit,
        rule=_("截止日期在册且应训、本年度有有效学时记录的人员，每人计一次"),
        count=len(year.attended.covered),
        entries=year.attended.total,
        of=due_part(year),
        share=share,
    )


def _all_entries(year: YearRecords) -> PeopleEntries:
    return PeopleEntries(year.roll.ids, year.first, year.as_of)


MEASURES: dict[str, Recount] = {
    "person_times": person_times,
    "activities": activities,
    "people": people,
    "share": person_times,
}


def selection(year: YearRecords, key: str) -> Found | None:
    """`<selection>_<measure>`: activities, people or person-times of a selection; None for another key."""
    for measure in MEASURES:
        name = key.removesuffix(f"_{measure}")
        if name != key and name in SELECTIONS:
            return _selected(year, name, measure)
    return None


def _selected(year: YearRecords, name: str, measure: str) -> Found:
    tally = year.attended.tallies[name]
    label = selection_labels()[name]
    words = {
        "person_times": (_("%s人次"), _("人次"), _("应训人员参加的%s，每人每项活动计一次人次")),
        "activities": (_("%s次数"), pgettext("activities", "次"), _("应训人员参加过的%s，每项活动计一次")),
        "people": (_("%s人数"), _("人"), _("参加过%s的应训人员，每人计一次")),
        "share": (_("%s占全部人次的比重"), "%", _("应训人员参加的%s，每人每项活动计一次人次")),
    }[measure]
    draft = Draft(
        key=f"{name}_{measure}",
        label=words[0] % label,
        unit=_("期") if (name, measure) == ("class", "activities") else words[1],
        rule=words[2] % label,
        count=tally.person_times if measure == "share" else getattr(tally, measure),
        entries=tally.entries,
        of=Part(year.attended.tallies["all"].person_times, _("应训人员参加的全部培训活动，每人每项活动计一次人次"))
        if measure == "share"
        else None,
        share=measure == "share",
    )
    source = ActivityEntries(lambda: [a.id for a in year.attended.chosen(name)], year.roll.ids, year.first, year.as_of)
    return found(year, draft, source, MEASURES[measure])


def selection_labels() -> dict[str, str]:
    """Names of the selections."""
    return {
        "all": _("各类培训活动"),
        "online": _("线上培训"),
        "offline": _("线下培训"),
        "classroom": _("课堂内教学"),
        "field": _("课堂外教学"),
        "practice": _("实务培训"),
        "theory": _("理论学习"),
        "positive": _("先进典型教育"),
        "warning": _("警示教育"),
        "class": _("脱产培训班"),
        "lecture": _("专题讲座"),
        "branch_study": _("支部集中学习"),
        "group_viewing": _("集中收看"),
        "theme_day": _("主题党日"),
        "online_lesson": _("网络课程"),
    }


def fulfilled_total(year: YearRecords) -> Found:
    """Due people who met every requirement."""
    return found(year, _fulfilled(year, "fulfilled_total", _("达标人数"), _("人")), _fulfilled_people(year), people)


def fulfilment_rate(year: YearRecords) -> Found:
    """Their share of all who are due."""
    draft = _fulfilled(year, "fulfilment_rate", _("达标率"), "%", share=True)
    return found(year, draft, _fulfilled_people(year), people)


def _fulfilled(year: YearRecords, key: str, label: str, unit: str, *, share: bool = False) -> Draft:
    count = year.position.total.fulfilled
    return Draft(
        key=key,
        label=label,
        unit=unit,
        rule=_("截止日期应训、本年度所在各类培训对象的学时要求都已达到的人员，每人计一次"),
        count=count,
        entries=count,
        of=due_part(year),
        share=share,
    )


def _fulfilled_people(year: YearRecords) -> LaterPeople:
    def load() -> Sequence[int]:
        done = fulfilled_people(year)
        return [person for person in year.roll.due if person in done]

    return LaterPeople(load)


BUILDERS: dict[str, Builder] = {
    "trained_total": trained_total,
    "members_total": members_total,
    "coverage_rate": coverage_rate,
    "uncovered_total": uncovered_total,
    "fulfilled_total": fulfilled_total,
    "fulfilment_rate": fulfilment_rate,
}

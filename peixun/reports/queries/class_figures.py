"""Figures of the year's classes: the city's key classes, special classes held outside, secretaries' classes."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from peixun.kernel.papers.numerals import format_date
from peixun.reports.queries.classes import ClassEntry
from peixun.reports.queries.found import Draft, Found, activities, found, people
from peixun.reports.queries.records import YearRecords
from peixun.reports.queries.sources import Group, Listed, Row

Builder = Callable[[YearRecords], Found]


def _city_key_rule() -> str:
    return _(
        "参加市级重点培训班（脱产培训班，层级为市级重点、项目类别为重点）且有有效学时记录的人员，"
        "按当日组织关系归属，每人计一次"
    )


def city_key_people(year: YearRecords) -> Found:
    """People in the city's key classes."""
    draft = _of_people(year.city_key, "city_key_people", _("市级重点培训班培训人数"), _city_key_rule())
    return _classes(year, draft, year.city_key, counts_people=True)


def city_key_classes(year: YearRecords) -> Found:
    """The city's key classes that they attended."""
    rule = _("本组织人员参加过的市级重点培训班（脱产培训班，层级为市级重点、项目类别为重点），每班计一期")
    draft = _of_classes(year.city_key, "city_key_classes", _("市级重点培训班期数"), rule)
    return _classes(year, draft, year.city_key, counts_people=False)


def offsite_people(year: YearRecords) -> Found:
    """People in special classes held outside."""
    rule = _(
        "参加外出专题培训班（脱产培训班，项目类别为专题、课堂外教学）且有有效学时记录的人员，"
        "按当日组织关系归属，每人计一次"
    )
    draft = _of_people(year.off_site, "offsite_people", _("外出专题培训班培训人数"), rule)
    return _classes(year, draft, year.off_site, counts_people=True)


def offsite_classes(year: YearRecords) -> Found:
    """Special classes held outside that they attended."""
    rule = _("本组织人员参加过的外出专题培训班（脱产培训班，项目类别为专题、课堂外教学），每班计一期")
    draft = _of_classes(year.off_site, "offsite_classes", _("外出专题培训班期数"), rule)
    return _classes(year, draft, year.off_site, counts_people=False)


def secretary_people(year: YearRecords) -> Found:
    """Secretaries in secretaries' classes."""
    rule = _(
        "参加党组织书记培训班（重点或轮训的脱产培训班，培训对象为党组织书记）且当日任基层党组织书记的人员，"
        "按当日组织关系归属，每人计一次"
    )
    draft = _of_people(year.secretaries, "secretary_people", _("培训基层党组织书记人数"), rule)
    return _classes(year, draft, year.secretaries, counts_people=True)


def secretary_classes(year: YearRecords) -> Found:
    """Secretaries' classes that they attended."""
    rule = _("有本组织基层党组织书记参加的党组织书记培训班（重点或轮训的脱产培训班，培训对象为党组织书记），每班计一期")
    draft = _of_classes(year.secretaries, "secretary_classes", _("基层党组织书记培训班期数"), rule)
    return _classes(year, draft, year.secretaries, counts_people=False)


def city_key_audiences_full(year: YearRecords) -> Found:
    """Audiences of key classes of whom everybody took part in one."""
    full = [reach for reach in year.key_reach if reach.is_full]
    wanted = {person for reach in full for person in reach.due}
    rows = [row for row in year.city_key_of_anybody if row.person in wanted]
    draft = Draft(
        key="city_key_audiences_full",
        label=_("市级重点培训班全覆盖的培训对象类别"),
        unit=_("类"),
        rule=_("市级重点培训班的培训对象中，截止日期的应训人员本年度全部参加过其中一期的类别"),
        count=len(full),
        entries=len(rows),
    )
    groups = [
        Group(
            reach.audience.name,
            _("应训%(due)d人，参加%(reached)d人") % {"due": len(reach.due), "reached": len(reach.reached)},
            len(reach.reached),
        )
        for reach in year.key_reach
    ]

    def recount(behind: Iterable[Row]) -> int:
        trained = {row.person for row in behind}
        return sum(trained.issuperset(reach.due) for reach in full)

    return found(year, draft, _listed(rows), recount, groups)


def city_key_audiences(year: YearRecords) -> Found:
    """Audiences that the city's key classes of people of the subtree were for."""
    keys = {a.id: a.audience for a in year.held_in(year.city_key) if a.audience}
    rows = [row for row in year.city_key if row.activity_id in keys]
    draft = Draft(
        key="city_key_audiences",
        label=_("市级重点培训班的培训对象类别"),
        unit=_("类"),
        rule=_("本组织人员参加过的市级重点培训班所注明的培训对象，每类计一次"),
        count=len(set(keys.values())),
        entries=len(rows),
    )
    names = {key: year.audience_name(key) for key in keys.values()}
    groups = [Group(name, _("%d期") % list(keys.values()).count(key)) for key, name in names.items()]

    def recount(behind: Iterable[Row]) -> int:
        return len({keys[row.activity] for row in behind})

    return found(year, draft, _listed(rows), recount, groups)


def _of_people(rows: list[ClassEntry], key: str, label: str, rule: str) -> Draft:
    count = len({row.person for row in rows})
    return Draft(key=key, label=label, unit=_("人"), rule=rule, count=count, entries=len(rows))


def _of_classes(rows: list[ClassEntry], key: str, label: str, rule: str) -> Draft:
    count = len({row.activity_id for row in rows})
    return Draft(key=key, label=label, unit=_("期"), rule=rule, count=count, entries=len(rows))


def _classes(year: YearRecords, draft: Draft, rows: list[ClassEntry], *, counts_people: bool) -> Found:
    by_class: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        by_class[row.activity_id].add(row.person)
    groups = [
        Group(a.title, f"{format_date(a.starts_on)} {a.place}".strip(), len(by_class[a.id])) for a in year.held_in(rows)
    ]
    return found(year, draft, _listed(rows), people if counts_people else activities, groups)


def _listed(rows: list[ClassEntry]) -> Listed:
    ordered = sorted(rows, key=lambda row: (row.day, row.activity_id, row.entry_id))
    return Listed([Row(row.person, row.entry_id, row.activity_id, row.day) for row in ordered])


BUILDERS: dict[str, Builder] = {
    "city_key_people": city_key_people,
    "city_key_classes": city_key_classes,
    "city_key_audiences": city_key_audiences,
    "city_key_audiences_full": city_key_audiences_full,
    "offsite_people": offsite_people,
    "offsite_classes": offsite_classes,
    "secretary_people": secretary_people,
    "secretary_classes": secretary_classes,
}

"""The importer of credit records."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.catalog.models import Topic
from peixun.kernel import citizen_number
from peixun.kernel.cells import Cell, CellError, clean_text, match_key
from peixun.kernel.imports import (
    SAMPLES,
    ImportOvertaken,
    ImportPlan,
    Intake,
    Progress,
    Sample,
    rows_named,
)
from peixun.kernel.tables.reader import Table
from peixun.ledger.importing.activities import ActivityBook
from peixun.ledger.importing.persons import PersonFinder
from peixun.ledger.importing.rows import (
    HEADINGS,
    NUMBER,
    ORGANISER,
    REFERENCE,
    SOURCE_KIND,
    CreditRow,
    check_days,
    fields,
    make_row,
)
from peixun.ledger.importing.words import TopicParser
from peixun.ledger.operations import (
    ActivityConflict,
    CreditConflict,
    NewActivity,
    NewCredit,
    YearClosed,
    open_activities,
    post,
)
from peixun.ledger.queries.closings import closings_over
from peixun.ledger.queries.keys import entries_by_reference
from peixun.people.importing.branches import OrganisationFinder
from peixun.people.models import Audience, PersonAlias
from peixun.people.queries.scope import Actor

CreditName = tuple[int, str, str]
"""Person, 凭证号, code of the organiser: what makes rows the same credit."""
Revisions = dict[int, dict[str, tuple[int, date, int]]]
"""By revision, by part: the activity, the day, the quarters."""


@dataclass(slots=True)
class Work:
    """What to write: activities to open, and credits with the key of their activity or its id."""

    activities: list[NewActivity] = field(default_factory=list)
    credits: list[tuple[CreditRow, int | NewActivity]] = field(default_factory=list)


class CreditImporter:
    """Takes in credit records as the contract describes them.

    A credit is known by its person, its 凭证号 and the organisation that organised it: known with the same content
    it is unchanged, with other content a bad row. The person is found by citizen number, and the name must agree;
    without a number by name, when only one member below the organiser has it. Hours of a span over a year's end are
    split by days. The person must have been a member on the last day (of each year), in the actor's scope.
    """

    key = "credits"
    headings = HEADINGS
    masks = {NUMBER: citizen_number.mask}
    counts_missing = False

    @property
    def title(self) -> str:
        """What the file holds."""
        return str(gettext_lazy("学时记录"))

    def plan(self, table: Table, *, actor: Actor, today: date, progress: Progress) -> ImportPlan:
        """Check rows alone, find organisers and persons, then activities, then the credits that stand."""
        names = {name: key for key, name in Topic.objects.values_list("key", "name")}
        topics = TopicParser({**{key: key for key in names.values()}, **names})
        intake = Intake(table, fields(topics, _audience_parser()), progress=progress)
        check_days(intake, today)
        finder = OrganisationFinder(actor)
        rows = _find_organisers(intake, finder)
        persons = PersonFinder(intake, rows, finder)
        for row in rows:
            persons.find(row)
        book = ActivityBook(intake, [row for row in rows if not row.draft.bad])
        book.check()
        plan = _Comparison(intake, book, [row for row in rows if not row.draft.bad]).plan(self.key)
        plan.asks = _closed(plan.work)
        return plan

    def apply(self, plan: ImportPlan, *, by: Actor, at: datetime, progress: Progress) -> None:
        """Open the activities, then post the credits. Raises ImportOvertaken when somebody else was quicker."""
        work: Work = plan.work
        progress(0, plan.rows)
        try:
            ids = open_activities(work.activities) if work.activities else {}
            credits = [
                NewCredit(
                    SOURCE_KIND,
                    row.source,
                    row.reference,
                    row.person_id,
                    ids[activity.key] if isinstance(activity, NewActivity) else activity,
                    day,
                    quarters,
                    part,
                )
                for row, activity in work.credits
                for day, part, quarters in row.parts
            ]
            post(credits, by=by, at=at, late_reason=plan.reason)
        except YearClosed as closed:
            raise ImportOvertaken(str(closed)) from closed
        except (ActivityConflict, CreditConflict) as conflict:
            raise ImportOvertaken(_("导入期间学时台账有了变化，没有写入任何内容。请重新导入一次")) from conflict
        progress(plan.rows, plan.rows)


def _closed(work: Work) -> str:
    """What belongs to closed years, in words; "" when nothing does."""
    days = {(row.person_id, day) for row, _activity in work.credits for day, _part, _quarters in row.parts}
    closed = closings_over(days)
    if not closed:
        return ""
    return _("有 %(n)s 条属于已经关账的年度（%(years)s）。写明补记原因以后才能导入，这些记录会列入关账后补记") % {
        "n": sum((row.person_id, day) in closed for row, _a in work.credits for day, _p, _q in row.parts),
        "years": _("、").join(str(year) for year in sorted({closing.year for closing in closed.values()})),
    }


def _audience_parser() -> "_AudienceParser":
    return _AudienceParser({match_key(name): key for key, name in Audience.objects.values_list("key", "name")})


class _AudienceParser:
    """培训对象 as the key of an audience where it names one, else as it is written."""

    def __init__(self, keys: dict[str, str]) -> None:
        self._keys = keys

    def __call__(self, cell: Cell) -> str:
        """Raises CellError for a text that is too long."""
        text = clean_text(cell)
        if len(text) > 60:
            raise CellError(_("最多 60 个字"))
        return self._keys.get(match_key(text), text)


def _find_organisers(intake: Intake, finder: OrganisationFinder) -> list[CreditRow]:
    rows = []
    for draft in intake.good():
        try:
            organiser = finder.by_code(draft["organiser"], on=draft["dates"][0])
        except CellError as error:
            intake.refuse(draft, ORGANISER, error.reason)
        else:
            rows.append(make_row(draft, organiser.pk, organiser.code))
    return rows


class _Comparison:
    """Compares rows with each other and with the entries that stand."""

    def __init__(self, intake: Intake, book: ActivityBook, rows: list[CreditRow]) -> None:
        self._intake = intake
        self._book = book
        self._rows = rows

    def plan(self, key: str) -> ImportPlan:
        """The plan; credits that stand are unchanged, and nothing is ever changed."""
        rows = self._distinct()
        known = _standing_credits(rows)
        fresh = [row for row in rows if not self._is_known(row, known.get(_name(row)))]
        fresh = [row for row in fresh if not row.draft.bad]
        activities, placed = self._book.place(fresh)
        plan = self._intake.plan(key)
        plan.new = len(fresh)
        plan.unchanged = plan.rows - plan.bad - plan.new
        plan.samples = {"new": [_sample(row) for row in fresh[:SAMPLES]], "changed": []}
        plan.work = Work(activities, [(row, placed[row.draft.number]) for row in fresh])
        return plan

    def _distinct(self) -> list[CreditRow]:
        by_name: dict[CreditName, list[CreditRow]] = defaultdict(list)
        for row in self._rows:
            if not row.draft.bad:
                by_name[_name(row)].append(row)
        for same in by_name.values():
            if len({row.content for row in same}) > 1:
                drafts = [row.draft for row in same]
                reason = _("同一个人的同一凭证号出现多次而内容不同（%(rows)s）") % {"rows": rows_named(drafts)}
                self._intake.refuse_all(drafts, REFERENCE, reason)
        return [same[0] for same in by_name.values() if not same[0].draft.bad]

    def _is_known(self, row: CreditRow, revisions: Revisions | None) -> bool:
        if not revisions:
            return False
        wanted = {part: (day, quarters) for day, part, quarters in row.parts}
        for parts in revisions.values():
            same_activity = all(
                self._book.base_of.get(activity) == (row.source, row.base) for activity, _d, _q in parts.values()
            )
            if same_activity and {part: (day, q) for part, (_a, day, q) in parts.items()} == wanted:
                return True
        latest = revisions[max(revisions)]
        _activity, day, _quarters = next(iter(latest.values()))
        hours = sum(quarters for _a, _d, quarters in latest.values()) / 4
        reason = _("此人的这个凭证号已经登记，内容不同（%(day)s，%(hours)s 学时）") % {
            "day": day.isoformat(),
            "hours": f"{hours:g}",
        }
        self._intake.refuse(row.draft, REFERENCE, reason)
        return True


def _name(row: CreditRow) -> CreditName:
    return (row.person_id, row.reference, row.source)


def _sample(row: CreditRow) -> Sample:
    data = row.draft.data
    title = _("%(name)s，%(activity)s，%(hours)s 学时") % {
        "name": data["name"],
        "activity": data["title"],
        "hours": data["hours"],
    }
    return Sample(row.draft.number, title)


def _standing_credits(rows: list[CreditRow]) -> dict[CreditName, Revisions]:
    """Entries that stand under the rows' keys; those of a merged record stand for its person."""
    found: dict[CreditName, Revisions] = defaultdict(lambda: defaultdict(dict))
    aliases: dict[int, list[int]] = defaultdict(list)
    for alias, person in PersonAlias.objects.values_list("alias_id", "person_id"):
        aliases[person].append(alias)
    owner: dict[tuple[int, str], int] = {}
    for row in rows:
        for pk in (row.person_id, *aliases.get(row.person_id, ())):
            owner[pk, row.reference] = row.person_id
    wanted = {_name(row) for row in rows}
    for entry in entries_by_reference(owner, source_kind=SOURCE_KIND):
        name = (owner[entry.person_id, entry.source_ref], entry.source_ref, entry.source)
        if name in wanted:
            found[name][entry.revision][entry.part] = (entry.activity_id, entry.day, entry.quarters)
    return found

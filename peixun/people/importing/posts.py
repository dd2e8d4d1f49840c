"""Posts from files."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.kernel import bulk, citizen_number
from peixun.kernel.cells import CellError, clean_code, match_key, parse_date
from peixun.kernel.imports import SAMPLES, Draft, Field, ImportPlan, Intake, Progress, Sample, rows_named
from peixun.kernel.tables.reader import HeadingSet, Table
from peixun.people.importing.branches import OUT_OF_SCOPE, OrganisationFinder
from peixun.people.importing.members.rows import limited, parse_person_name
from peixun.people.importing.persons import persons_by_lookup
from peixun.people.importing.words import parse_title
from peixun.people.models import Membership, Person, Post, PostTitle
from peixun.people.operations.posts import NewPost, appoint
from peixun.people.operations.roster import change_persons, change_posts
from peixun.people.queries.scope import Actor
from peixun.people.sealed_box import lookup

NUMBER, CODE, TITLE, SINCE, UNTIL = "公民身份号码", "党组织代码", "职务", "任职日期", "免职日期"
NAME, RANK = "姓名", "职级"
HEADINGS = HeadingSet(
    required=(NUMBER, CODE, TITLE, SINCE, UNTIL),
    optional=(NAME, RANK),
    aliases={
        "身份证号": NUMBER,
        "身份证号码": NUMBER,
        "组织代码": CODE,
        "党组织编码": CODE,
        "党内职务": TITLE,
        "任职时间": SINCE,
        "任职起始日期": SINCE,
        "免职时间": UNTIL,
        "离任日期": UNTIL,
        "职务级别": RANK,
    },
)
FIELDS = (
    Field("number", NUMBER, citizen_number.parse, required=True, repeats=False),
    Field("code", CODE, clean_code, required=True),
    Field("title", TITLE, parse_title, required=True),
    Field("since", SINCE, lambda cell: parse_date(cell, allow_month=True), required=True),
    Field("until", UNTIL, lambda cell: parse_date(cell, allow_month=True)),
    Field("name", NAME, parse_person_name),
    Field("rank", RANK, limited(40)),
)
PostKey = tuple[int, int, str, date]


@dataclass(slots=True)
class PostRow:
    """A row with the person and the organisation that it means."""

    draft: Draft
    person_id: int
    organisation_id: int
    title: str
    since: date
    until: date | None
    rank: str | None

    @property
    def key(self) -> PostKey:
        """What makes it the same post."""
        return (self.person_id, self.organisation_id, self.title, self.since)


class Held(NamedTuple):
    """A post that stands already."""

    id: int
    until: date | None
    rank: str


@dataclass(slots=True)
class Work:
    """What to write."""

    new: list[NewPost] = field(default_factory=list)
    changes: dict[int, dict[str, Any]] = field(default_factory=dict)
    ranks: dict[int, dict[str, Any]] = field(default_factory=dict)


class PostImporter:
    """Takes in posts: who holds what in which organisation since when.

    免职日期 is the first day on which the post is no longer held. A post is known by person, organisation, title and
    first day; a later file may end it or tell its 职级. 职级 of a post that is held today is also the person's.
    """

    key = "posts"
    headings = HEADINGS
    masks = {NUMBER: citizen_number.mask}
    counts_missing = False

    @property
    def title(self) -> str:
        """What the file holds."""
        return str(gettext_lazy("任职"))

    def plan(self, table: Table, *, actor: Actor, today: date, progress: Progress) -> ImportPlan:
        """Check rows alone, find their persons and organisations, then compare with the posts that stand."""
        intake = Intake(table, FIELDS, progress=progress)
        _check_dates(intake, today)
        rows = _Finder(intake, actor, today).rows()
        return _Comparison(intake, rows, today).plan(self.key)

    def apply(self, plan: ImportPlan, *, by: Actor, at: datetime, progress: Progress) -> None:
        """Ends first, so that a new secretary finds the place free."""
        work: Work = plan.work
        change_posts(work.changes, by=by, at=at)
        if work.new:
            appoint(work.new, by=by, at=at)
        change_persons(work.ranks, by=by, at=at)
        progress(plan.rows, plan.rows)


def _check_dates(intake: Intake, today: date) -> None:
    for draft in intake.drafts:
        since, until, birth = draft["since"], draft["until"], draft["number"].birth
        if since > today:
            intake.refuse(draft, SINCE, _("任职日期在将来"))
        if since <= birth:
            intake.refuse(draft, SINCE, _("任职日期早于出生日期"))
        if until is not None and until <= since:
            intake.refuse(draft, UNTIL, _("免职日期不晚于任职日期"))


class _Finder:
    """Finds the person and the organisation of each row, within the actor's scope."""

    def __init__(self, intake: Intake, actor: Actor, today: date) -> None:
        self._intake = intake
        self._finder = OrganisationFinder(actor)
        good = list(intake.good())
        self._lookups = {draft.number: lookup("citizen", draft["number"].number) for draft in good}
        self._ids = persons_by_lookup(set(self._lookups.values()))
        persons = {self._ids.get(found, 0) for found in self._lookups.values()}
        self._names: dict[int, str] = {}
        self._places: dict[int, int] = {}
        for chunk in bulk.chunks(persons, 5000):
            self._names.update(Person.objects.filter(pk__in=chunk).values_list("pk", "name"))
            open_rows = Membership.objects.on(today).filter(person__in=chunk)
            self._places.update(open_rows.values_list("person_id", "organisation_id"))

    def rows(self) -> list[PostRow]:
        """Rows whose person and organisation are known; the others are refused."""
        return [row for draft in self._intake.good() if (row := self._row(draft)) is not None]

    def _row(self, draft: Draft) -> PostRow | None:
        person_id = self._person(draft)
        try:
            place = self._finder.by_code(draft["code"], on=draft["since"])
        except CellError as error:
            self._intake.refuse(draft, CODE, error.reason)
            return None
        if person_id is None:
            return None
        return PostRow(draft, person_id, place.pk, draft["title"], draft["since"], draft["until"], draft["rank"])

    def _person(self, draft: Draft) -> int | None:
        person_id = self._ids.get(self._lookups[draft.number])
        if person_id is None:
            self._intake.refuse(draft, NUMBER, _("没有登记过这个公民身份号码，请先导入党员"))
            return None
        place = self._places.get(person_id)
        if place is not None and not self._finder.in_scope(place):
            self._intake.refuse(draft, NUMBER, _(OUT_OF_SCOPE))
            return None
        if draft["name"] is not None and match_key(draft["name"]) != match_key(self._names[person_id]):
            self._intake.refuse(draft, NAME, _("姓名与公民身份号码登记的不一致"))
            return None
        return person_id


class _Comparison:
    """Compares rows with each other and with the posts that stand."""

    def __init__(self, intake: Intake, rows: list[PostRow], today: date) -> None:
        self._intake = intake
        self._rows = rows
        self._today = today
        self._held: dict[PostKey, Held] = {}
        self._by_title: dict[tuple[int, int, str], list[tuple[date, date | None]]] = defaultdict(list)
        self._ranks: dict[int, str] = {}
        persons = {row.person_id for row in rows}
        for chunk in bulk.chunks(persons, 5000):
            posts = Post.objects.filter(person__in=chunk)
            for pk, person, place, title, since, until, rank in posts.values_list(
                "id", "person_id", "organisation_id", "title", "since", "until", "rank"
            ):
                self._held[person, place, title, since] = Held(pk, until, rank)
                self._by_title[person, place, title].append((since, until))
            self._ranks.update(Person.objects.filter(pk__in=chunk).values_list("pk", "rank"))

    def plan(self, key: str) -> ImportPlan:
        """The plan; rows that only repeat another one are unchanged."""
        rows = self._distinct()
        for row in rows:
            self._check_held(row)
        self._check_secretaries([row for row in rows if not row.draft.bad and row.title == PostTitle.SECRETARY])
        work = Work()
        samples: dict[str, list[Sample]] = {"new": [], "changed": []}
        counts = {"new": 0, "changed": 0}
        for row in rows:
            if row.draft.bad:
                continue
            what, told = self._write(row, work)
            if what:
                counts[what] += 1
                if len(samples[what]) < SAMPLES:
                    title = f"{PostTitle(row.title).label}（{row.draft['code']}）"
                    samples[what].append(Sample(row.draft.number, title, told))
        plan = self._intake.plan(key)
        plan.new, plan.changed = counts["new"], counts["changed"]
        plan.unchanged = plan.rows - plan.bad - plan.new - plan.changed
        plan.samples = samples
        plan.work = work
        return plan

    def _distinct(self) -> list[PostRow]:
        by_key: dict[PostKey, list[PostRow]] = defaultdict(list)
        for row in self._rows:
            if not row.draft.bad:
                by_key[row.key].append(row)
        for same in by_key.values():
            if len({(row.until, row.rank) for row in same}) > 1:
                drafts = [row.draft for row in same]
                reason = _("同一任职出现多次而内容不同（%(rows)s）") % {"rows": rows_named(drafts)}
                self._intake.refuse_all(drafts, "", reason)
        return [same[0] for same in by_key.values() if not same[0].draft.bad]

    def _check_held(self, row: PostRow) -> None:
        held = self._held.get(row.key)
        if held is not None:
            if row.until is not None and held.until is not None and row.until != held.until:
                reason = _("已登记的免职日期是 %(day)s") % {"day": held.until.isoformat()}
                self._intake.refuse(row.draft, UNTIL, reason)
            return
        for since, until in self._by_title[row.person_id, row.organisation_id, row.title]:
            if _overlap((row.since, row.until), (since, until)):
                reason = _("此人自 %(day)s 起已登记任同一职务") % {"day": since.isoformat()}
                self._intake.refuse(row.draft, SINCE, reason)

    def _check_secretaries(self, rows: list[PostRow]) -> None:
        """One secretary of an organisation at a time, with what the file ends taken as ended."""
        by_place: dict[int, list[PostRow]] = defaultdict(list)
        for row in rows:
            by_place[row.organisation_id].append(row)
        told = {row.key: row for row in rows}
        held: dict[int, list[tuple[date, date | None]]] = defaultdict(list)
        for chunk in bulk.chunks(by_place, 5000):
            posts = Post.objects.filter(organisation__in=chunk, title=PostTitle.SECRETARY)
            for person, place, since, until in posts.values_list("person_id", "organisation_id", "since", "until"):
                if (person, place, str(PostTitle.SECRETARY), since) not in told:
                    held[place].append((since, until))
        for place, same in by_place.items():
            self._check_place(same, held[place])

    def _check_place(self, rows: list[PostRow], held: Iterable[tuple[date, date | None]]) -> None:
        for row in rows:
            span = (row.since, self._until(row))
            others = [o for o in rows if o is not row and _overlap(span, (o.since, self._until(o)))]
            if others:
                where = rows_named([row.draft, *(o.draft for o in others)])
                self._intake.refuse(row.draft, TITLE, _("同一党组织同时有两名书记（%(rows)s）") % {"rows": where})
            for since, until in held:
                if _overlap(span, (since, until)):
                    reason = _("该党组织自 %(day)s 起已有书记，请先填写其免职日期") % {"day": since.isoformat()}
                    self._intake.refuse(row.draft, TITLE, reason)

    def _until(self, row: PostRow) -> date | None:
        held = self._held.get(row.key)
        return row.until or (held.until if held else None)

    def _write(self, row: PostRow, work: Work) -> tuple[str, tuple[tuple[str, str, str], ...]]:
        rank_told = self._take_rank(row, work)
        held = self._held.get(row.key)
        if held is None:
            work.new.append(
                NewPost(row.person_id, row.organisation_id, row.title, row.since, row.until, row.rank or "")
            )
            return "new", ()
        told: list[tuple[str, str, str]] = []
        changes: dict[str, Any] = {}
        if row.until is not None and row.until != held.until:
            changes["until"] = row.until
            told.append((UNTIL, "", row.until.isoformat()))
        if row.rank is not None and row.rank != held.rank:
            changes["rank"] = row.rank
            told.append((RANK, held.rank, row.rank))
        if changes:
            work.changes[held.id] = changes
        return ("changed" if changes or rank_told else "", tuple(told))

    def _take_rank(self, row: PostRow, work: Work) -> bool:
        until = self._until(row)
        if row.rank is None or (until is not None and until <= self._today):
            return False
        if self._ranks[row.person_id] == row.rank:
            return False
        work.ranks[row.person_id] = {"rank": row.rank}
        return True


def _overlap(first: tuple[date, date | None], second: tuple[date, date | None]) -> bool:
    return (second[1] is None or first[0] < second[1]) and (first[1] is None or second[0] < first[1])

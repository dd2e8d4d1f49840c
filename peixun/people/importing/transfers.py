"""Transfers from files: members who go to other branches, both branches within the scope of whoever imports."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.kernel import bulk, citizen_number
from peixun.kernel.cells import CellError, clean_code, match_key, parse_date
from peixun.kernel.imports import SAMPLES, Draft, Field, ImportPlan, Intake, Progress, Sample, rows_named
from peixun.kernel.tables.reader import HeadingSet, Table
from peixun.people.importing.branches import OUT_OF_SCOPE, OrganisationFinder
from peixun.people.importing.members.rows import limited, parse_person_name
from peixun.people.importing.persons import persons_by_lookup
from peixun.people.models import Membership, Organisation, Person, Post
from peixun.people.operations import audit
from peixun.people.operations.memberships import transfer_all
from peixun.people.queries.scope import Actor, Permission
from peixun.people.sealed_box import lookup

NUMBER, NAME, CODE, ON, REASON = "公民身份号码", "姓名", "转入党组织代码", "转接日期", "原因"
HEADINGS = HeadingSet(
    required=(NUMBER, NAME, CODE, ON),
    optional=(REASON,),
    aliases={
        "身份证号": NUMBER,
        "身份证号码": NUMBER,
        "党员姓名": NAME,
        "转入组织代码": CODE,
        "转入党支部代码": CODE,
        "转入党支部": CODE,
        "转接时间": ON,
        "转入日期": ON,
        "转接原因": REASON,
    },
)
FIELDS = (
    Field("number", NUMBER, citizen_number.parse, required=True, repeats=False),
    Field("name", NAME, parse_person_name, required=True),
    Field("code", CODE, clean_code, required=True),
    Field("on", ON, parse_date, required=True),
    Field("reason", REASON, limited(100)),
)
MANAGE = Permission.MANAGE_PEOPLE


@dataclass(frozen=True, slots=True)
class Move:
    """One member who goes from one branch to another."""

    draft: Draft
    person_id: int
    leaving: Organisation | None
    receiving: Organisation
    on: date
    reason: str


@dataclass(slots=True)
class Known:
    """What is recorded about the persons of a file."""

    names: dict[int, str] = field(default_factory=dict)
    open: dict[int, tuple[int, date]] = field(default_factory=dict)
    begun: set[tuple[int, int, date]] = field(default_factory=set)
    posts: dict[tuple[int, int], date] = field(default_factory=dict)


class TransferImporter:
    """Takes in transfers that are done at once: the importer acts for the branch left and for the one that receives.

    A row that says what is recorded already changes nothing, so that a file can be taken in again.
    """

    key = "transfers"
    headings = HEADINGS
    masks = {NUMBER: citizen_number.mask}
    counts_missing = False

    @property
    def title(self) -> str:
        """What the file holds."""
        return str(gettext_lazy("组织关系转接"))

    def plan(self, table: Table, *, actor: Actor, today: date, progress: Progress) -> ImportPlan:
        """Check rows alone, find their persons and branches, then compare with where the members stand."""
        intake = Intake(table, FIELDS, progress=progress)
        for draft in intake.drafts:
            if draft["on"] > today:
                intake.refuse(draft, ON, _("转接日期不能晚于今天"))
        return _Comparison(intake, actor).plan(self.key)

    def apply(self, plan: ImportPlan, *, by: Actor, at: datetime, progress: Progress) -> None:
        """All transfers or none; each leaves its reason in the trail of the branch left."""
        moves: list[Move] = plan.work
        transfer_all([(m.person_id, m.on, m.receiving.pk) for m in moves], by=by, at=at)
        audit.record_all(
            (
                audit.Act(
                    m.person_id,
                    m.leaving.pk if m.leaving else None,
                    {"to": m.receiving.pk, "on": m.on.isoformat(), "reason": m.reason},
                )
                for m in moves
            ),
            by=by,
            at=at,
            action="transfer",
            subject="person",
        )
        progress(plan.rows, plan.rows)


class _Comparison:
    """Finds persons and branches, and says which rows still change something."""

    def __init__(self, intake: Intake, actor: Actor) -> None:
        self._intake = intake
        self._actor = actor
        self._finder = OrganisationFinder(actor)
        lookups = {draft.number: lookup("citizen", draft["number"].number) for draft in intake.good()}
        found = persons_by_lookup(set(lookups.values()))
        self._ids = {row: found[hashed] for row, hashed in lookups.items() if hashed in found}
        self._known = _known(set(self._ids.values()))

    def plan(self, key: str) -> ImportPlan:
        """The plan: transfers to make, rows that say nothing new, rows that can't be done."""
        moves = self._distinct([m for draft in self._intake.good() if (m := self._move(draft)) is not None])
        wanted = [m for m in moves if not self._is_done(m) and self._may_be_done(m)]
        plan = self._intake.plan(key)
        plan.changed = len(wanted)
        plan.unchanged = plan.rows - plan.bad - plan.changed
        plan.samples = {"new": [], "changed": [self._sample(m) for m in wanted[:SAMPLES]]}
        plan.work = wanted
        return plan

    def _sample(self, move: Move) -> Sample:
        told = (_("党支部"), str(move.leaving or ""), str(move.receiving))
        return Sample(move.draft.number, self._known.names[move.person_id], (told,))

    def _move(self, draft: Draft) -> Move | None:
        person_id = self._ids.get(draft.number)
        if person_id is None:
            self._intake.refuse(draft, NUMBER, _("没有登记过这个公民身份号码，请先导入党员"))
            return None
        if match_key(draft["name"]) != match_key(self._known.names[person_id]):
            self._intake.refuse(draft, NAME, _("姓名与公民身份号码登记的不一致"))
            return None
        stands = self._known.open.get(person_id)
        leaving = self._finder.by_id[stands[0]] if stands else None
        if leaving is not None and not self._acts_for(leaving):
            self._intake.refuse(draft, NUMBER, _(OUT_OF_SCOPE))
            return None
        receiving = self._receiving(draft)
        if receiving is None:
            return None
        return Move(draft, person_id, leaving, receiving, draft["on"], draft["reason"] or "")

    def _receiving(self, draft: Draft) -> Organisation | None:
        try:
            found = self._finder.by_code(draft["code"], on=draft["on"])
        except CellError as error:
            elsewhere = error.reason == _(OUT_OF_SCOPE)
            self._intake.refuse(draft, CODE, self._ask_there() if elsewhere else error.reason)
            return None
        if not found.holds_members:
            self._intake.refuse(draft, CODE, _("党员只能转入党支部"))
            return None
        if not self._acts_for(found):
            self._intake.refuse(draft, CODE, self._ask_there())
            return None
        return found

    def _acts_for(self, place: Organisation) -> bool:
        return self._finder.in_scope(place.pk) and self._actor.may(MANAGE, place.path)

    @staticmethod
    def _ask_there() -> str:
        return _("转入党支部不在您的管理范围内，请在“转接”页面发起，由对方接收")

    def _distinct(self, moves: list[Move]) -> list[Move]:
        """One row a person: rows that repeat one another count once, rows that contradict one another are refused."""
        by_person: dict[int, list[Move]] = defaultdict(list)
        for move in moves:
            by_person[move.person_id].append(move)
        for same in by_person.values():
            if len({(m.receiving.pk, m.on) for m in same}) > 1:
                drafts = [m.draft for m in same]
                reason = _("同一人出现多次而内容不同（%(rows)s）") % {"rows": rows_named(drafts)}
                self._intake.refuse_all(drafts, "", reason)
        return [same[0] for same in by_person.values() if not same[0].draft.bad]

    def _is_done(self, move: Move) -> bool:
        return (move.person_id, move.receiving.pk, move.on) in self._known.begun

    def _may_be_done(self, move: Move) -> bool:
        stands = self._known.open.get(move.person_id)
        problem = ("", "")
        if stands is None or move.leaving is None:
            problem = (NUMBER, _("此人目前没有组织关系"))
        elif stands[0] == move.receiving.pk:
            problem = (CODE, _("此人自 %(day)s 起已在这个支部") % {"day": stands[1].isoformat()})
        elif move.on <= stands[1]:
            problem = (ON, _("转接日期不晚于转入现支部的日期 %(day)s") % {"day": stands[1].isoformat()})
        elif self._known.posts.get((move.person_id, stands[0]), date.min) >= move.on:
            problem = (ON, _("在原支部的任职从转接日期或以后才开始，先更正任职"))
        if problem[1]:
            self._intake.refuse(move.draft, *problem)
        return not problem[1]


def _known(persons: set[int]) -> Known:
    known = Known()
    for chunk in bulk.chunks(persons, 5000):
        known.names.update(Person.objects.filter(pk__in=chunk).values_list("pk", "name"))
        rows = Membership.objects.filter(person__in=chunk)
        for person, place, since, until in rows.values_list("person_id", "organisation_id", "since", "until"):
            known.begun.add((person, place, since))
            if until is None:
                known.open[person] = (place, since)
        held = Post.objects.filter(person__in=chunk, until__isnull=True).order_by("since")
        known.posts.update(
            ((person, place), since)
            for person, place, since in held.values_list("person_id", "organisation_id", "since")
        )
    return known

"""The importer of members."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.kernel import bulk
from peixun.kernel.cells import CellError, clean_name
from peixun.kernel.imports import SAMPLES, Draft, ImportPlan, Intake, Missing, Progress, Sample, rows_named
from peixun.kernel.tables.reader import Table
from peixun.people.importing.branches import OUT_OF_SCOPE, OrganisationFinder
from peixun.people.importing.members import known as standing
from peixun.people.importing.members.changes import Changes, Differences, Work
from peixun.people.importing.members.rows import (
    BRANCH,
    FIELDS,
    HEADINGS,
    MASKS,
    NAME,
    NUMBER,
    check_rows,
    content,
)
from peixun.people.importing.persons import persons_by_lookup
from peixun.people.models import Membership, Organisation, Person
from peixun.people.operations.enrolment import enrol
from peixun.people.operations.memberships import NewStatus, end_memberships, set_statuses
from peixun.people.operations.roster import (
    begin_memberships,
    change_persons,
    end_statuses,
    restate_memberships,
)
from peixun.people.queries.scope import Actor
from peixun.people.sealed_box import lookups

AT_ONCE = 5000


class MemberImporter:
    """Takes in the national collection sheet of members.

    A person is known by the citizen number, a branch by code or full name. An empty cell leaves what is known.
    Another branch is a transfer from today on (corrected in place when the membership began today); another
    人员类别 holds from 转为正式党员日期 when that lies within the membership, else from today. 党籍状态 other than
    normal ends the membership today, and doesn't take anybody new onto the roll. A new member belongs to the branch
    from joining the party on (`changes.member_since`); somebody who had left, from today on.
    A person twice in a file is one when both rows say the same, and two bad rows when they don't.
    """

    key = "members"
    headings = HEADINGS
    masks = MASKS
    counts_missing = True

    @property
    def title(self) -> str:
        """What the file holds."""
        return str(gettext_lazy("党员名册"))

    def plan(self, table: Table, *, actor: Actor, today: date, progress: Progress) -> ImportPlan:
        """Check the rows alone, then against each other, then against what stands."""
        intake = Intake(table, FIELDS, progress=progress)
        check_rows(intake, today)
        finder = OrganisationFinder(actor)
        branches = _find_branches(intake, finder)
        keyed = lookups()
        for draft in intake.drafts:
            draft.data["lookup"] = keyed.exact("citizen", draft.data["number"].number)
        repeats = _find_repeats(intake, branches)
        ids = persons_by_lookup({draft.data["lookup"] for draft in intake.drafts})
        return _Comparison(intake, finder, branches, ids, today).plan(self.key, repeats)

    def apply(self, plan: ImportPlan, *, by: Actor, at: datetime, progress: Progress) -> None:
        """Changes of known persons first, then the new ones."""
        work: Work = plan.work
        change_persons(work.facts, by=by, at=at)
        if work.ends:
            end_memberships(work.ends, by=by, at=at)
        restate_memberships(work.restate, by=by, at=at)
        begin_memberships(work.begin, by=by, at=at)
        end_statuses(work.end_statuses, by=by, at=at)
        statuses = list(work.statuses)
        if work.new:
            ids = enrol(work.new, by=by, at=at, progress=progress)
            statuses += [NewStatus(ids[i], kind, since, reason=why) for i, kind, since, why in work.new_statuses]
        if statuses:
            set_statuses(statuses, by=by, at=at)
        progress(plan.rows, plan.rows)


def _find_branches(intake: Intake, finder: OrganisationFinder) -> dict[int, Organisation]:
    """The branch of each row, by row number."""
    branches: dict[int, Organisation] = {}
    for draft in intake.drafts:
        try:
            branches[draft.number] = finder.branch(draft.data["branch"])
        except CellError as error:
            intake.refuse(draft, BRANCH, error.reason)
    return branches


def _find_repeats(intake: Intake, branches: dict[int, Organisation]) -> set[int]:
    """Numbers of rows that only repeat another one. One person with different rows is refused in all of them."""
    first: dict[bytes, Draft] = {}
    by_number: dict[bytes, list[Draft]] = {}
    for draft in intake.good():
        key = draft.data["lookup"]
        if first.setdefault(key, draft) is not draft:
            by_number.setdefault(key, [first[key]]).append(draft)
    repeats: set[int] = set()
    for same in by_number.values():
        where = rows_named(same)
        if len({branches[draft.number].pk for draft in same}) > 1:
            intake.refuse_all(same, NUMBER, _("同一个人出现在不同的党支部（%(rows)s）") % {"rows": where})
        elif len({content(draft) for draft in same}) > 1:
            intake.refuse_all(same, NUMBER, _("同一个公民身份号码出现多次而内容不同（%(rows)s）") % {"rows": where})
        else:
            repeats.update(draft.number for draft in same[1:])
    return repeats


class _Comparison:
    """Compares rows with what stands."""

    def __init__(
        self,
        intake: Intake,
        finder: OrganisationFinder,
        branches: dict[int, Organisation],
        ids: dict[bytes, int],
        today: date,
    ) -> None:
        self._intake = intake
        self._finder = finder
        self._branches = branches
        self._ids = ids
        self._today = today
        self._samples: dict[str, list[Sample]] = {"new": [], "changed": []}

    def plan(self, key: str, repeats: set[int]) -> ImportPlan:
        """The plan; rows that only repeat another one are unchanged."""
        intake = self._intake
        told = {self._ids.get(draft.data["lookup"]) for draft in intake.drafts}
        drafts = [draft for draft in intake.good() if draft.number not in repeats]
        intake.drafts.clear()
        drafts.reverse()
        work = Work()
        new = changed = 0
        while drafts:  # what a row says and what stands about it is let go of as soon as the two were compared
            chunk = [drafts.pop() for _ in range(min(AT_ONCE, len(drafts)))]
            known = standing.load({pk for d in chunk if (pk := self._ids.get(d.data["lookup"])) is not None})
            changes = Changes(known, self._today, work)
            for draft in chunk:
                person_id = self._ids.get(draft.data["lookup"])
                if person_id is None:
                    taken = changes.enrol(draft, self._branches[draft.number])
                    new += taken and self._sample("new", draft, [])
                else:
                    changed += self._change(changes, known, draft, person_id)
        plan = intake.plan(key)
        plan.new, plan.changed = new, changed
        plan.unchanged = plan.rows - plan.bad - new - changed
        plan.samples = self._samples
        plan.missing = self._missing(told)
        plan.work = work
        return plan

    def _change(self, changes: Changes, known: standing.Known, draft: Draft, person_id: int) -> bool:
        membership = known.memberships.get(person_id)
        if membership is not None and not self._finder.in_scope(membership.organisation_id):
            self._intake.refuse(draft, NUMBER, _(OUT_OF_SCOPE))
            return False
        try:
            told = changes.change(draft, person_id, self._branches[draft.number])
        except CellError as error:
            self._intake.refuse(draft, "", error.reason)
            return False
        return bool(told) and self._sample("changed", draft, told)

    def _sample(self, kind: str, draft: Draft, differences: Differences) -> bool:
        if len(self._samples[kind]) < SAMPLES:
            shown = [
                (column, MASKS[column](before), MASKS[column](after)) if column in MASKS else (column, before, after)
                for column, before, after in differences
            ]
            title = f"{draft.data['name']}（{self._branches[draft.number].name}）"
            self._samples[kind].append(Sample(draft.number, title, tuple(shown)))
        return True

    def _missing(self, told: set[int | None]) -> list[Missing]:
        """Who belongs to the file's branches today and isn't in it, not even in a row that can't be read."""
        unread = {clean_name(cell) for cell in self._intake.cells_of_unread(NAME) if isinstance(cell, str)}
        branches = {branch.pk for branch in self._branches.values()}
        absent: dict[int, int] = {}
        for chunk in bulk.chunks(branches, 5000):
            rows = Membership.objects.on(self._today).filter(organisation__in=chunk)
            pairs = rows.values_list("person_id", "organisation_id")
            absent.update((person, place) for person, place in pairs if person not in told)
        missing = []
        for chunk in bulk.chunks(absent, 5000):
            for pk, name in Person.objects.filter(pk__in=chunk).order_by("pk").values_list("pk", "name"):
                if name not in unread:
                    missing.append(Missing(pk, name, self._finder.by_id[absent[pk]].name))
        return missing

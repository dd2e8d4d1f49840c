"""Invariant 2: after any sequence of changes, in any order, what is kept equals a rebuild from nothing."""

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peixun.coverage import operations
from peixun.coverage.models import PersonYear, RollUp, StaleBranch
from peixun.coverage.operations.writing import PERSON_YEAR_COLUMNS
from peixun.coverage.queries.position import position
from peixun.ledger import operations as ledger
from peixun.ledger.models import CreditEntry
from peixun.people.models import Membership, Organisation, Person, PersonAlias, Post
from peixun.people.operations.duplicates import merge_persons, undo_merge
from peixun.people.operations.memberships import (
    MembershipError,
    NewStatus,
    end_memberships,
    set_statuses,
    transfer,
)
from peixun.people.operations.organisation_ends import close_organisation, merge_organisations, split_organisation
from peixun.people.operations.organisation_undo import Journal, difference, rows_of, take_back
from peixun.people.operations.organisations import TreeError, change_organisation, found_organisations
from peixun.people.operations.posts import NewPost, appoint, end_posts
from tests.factories.world import NOW, SYSTEM, World, activity, build_world, credit, new_organisation

DAYS = st.dates(date(2017, 1, 1), date(2018, 6, 30))
PERSONS = st.integers(0, 15)
KINDS = st.sampled_from(["lecture", "branch_study", "class", "online_lesson", "in_house"])
POSTING = st.tuples(st.just("post"), PERSONS, DAYS, st.integers(1, 48), KINDS, st.integers(1, 4))
STEPS = st.lists(
    st.one_of(
        POSTING,
        POSTING,
        POSTING,
        st.tuples(st.just("reverse"), st.integers(0, 50)),
        st.tuples(st.just("transfer"), PERSONS, st.integers(0, 7), DAYS),
        st.tuples(st.just("appoint"), PERSONS, st.integers(0, 7), DAYS),
        st.tuples(st.just("leave"), st.integers(0, 7), DAYS),
        st.tuples(st.just("status"), PERSONS, st.sampled_from(["lost", "floating", "exempt"]), DAYS),
        st.tuples(st.just("merge"), PERSONS, PERSONS),
        st.tuples(st.just("undo")),
        st.tuples(st.just("merge_towns"), DAYS),
        st.tuples(st.just("merge_branches"), st.integers(0, 7), st.integers(0, 7), DAYS),
        st.tuples(st.just("split"), st.integers(0, 7), PERSONS, DAYS),
        st.tuples(st.just("close"), st.integers(0, 7), DAYS),
        st.tuples(st.just("move"), st.integers(0, 7), st.sampled_from(["T12", "T21", "C2"]), DAYS),
        st.tuples(st.just("attributes"), st.integers(0, 7), st.sampled_from(["village", "community"]), DAYS),
        st.tuples(st.just("undo_tree")),
        st.tuples(st.just("refresh")),
    ),
    min_size=1,
    max_size=25,
)


class Walk:
    """Carries out steps on a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.journals: list[Journal] = []
        self.whole = False
        """Whether something moved from one line to another, so that figures lag until the next refresh."""

    def do(self, step: tuple) -> None:
        """One step; steps that the rules refuse change nothing."""
        with transaction.atomic():
            getattr(self, step[0])(*step[1:])

    def post(self, person, day, quarters, kind, number):
        key = f"{kind}-{number}-{day}"
        act = activity(self.world, on=day, kind=kind, reference=key)
        new = credit(self.world.persons[person], act, on=day, hours=quarters / 4)
        ledger.post([new], by=SYSTEM, at=NOW)

    def reverse(self, index):
        entries = list(CreditEntry.objects.effective().order_by("pk"))
        if entries:
            ledger.reverse(entries[index % len(entries)], reason="录错", by=SYSTEM, at=NOW)

    def transfer(self, person, branch, day):
        target = self._branch(branch)
        if target.closed_on is not None:
            return
        try:
            transfer(self.world.person(person), to=target, on=day, by=SYSTEM, at=NOW)
        except MembershipError:
            assert Membership.objects.filter(person=self.world.persons[person]).exists()

    def appoint(self, person, branch, day):
        place = self.world.organisations[self.world.branches[branch]]
        if self._branch(branch).closed_on is not None:
            return
        open_post = Post.objects.filter(organisation=place, title="secretary", until=None).first()
        if open_post is None:
            appoint([NewPost(self.world.persons[person], place, "secretary", day)], by=SYSTEM, at=NOW)

    def leave(self, branch, day):
        place = self.world.organisations[self.world.branches[branch]]
        posts = [p for p in Post.objects.filter(organisation=place, until=None) if p.since < day]
        end_posts(posts, on=day, by=SYSTEM, at=NOW)

    def status(self, person, kind, day):
        row = NewStatus(self.world.persons[person], kind, day, None, "病假", "组织部")
        if not self.world.person(person).status_periods.filter(kind=kind, since=day).exists():
            set_statuses([row], by=SYSTEM, at=NOW)

    def merge(self, first, second):
        try:
            merge_persons(self.world.person(first), into=self.world.person(second), by=SYSTEM, at=NOW)
        except MembershipError:
            assert Person.objects.count() == 16

    def undo(self):
        row = PersonAlias.objects.first()
        if row is not None:
            undo_merge(row, by=SYSTEM, at=NOW)

    def merge_towns(self, day):
        old, new = self.world.organisation("T12"), self.world.organisation("T11")
        if old.closed_on is None:
            try:
                with transaction.atomic():
                    merge_organisations(old, new, on=day, by=SYSTEM, at=NOW)
            except TreeError:  # something below changed later than that day
                return

    def merge_branches(self, first, second, day):
        old, new = self._branch(first), self._branch(second)
        self._tree([old, new], lambda: merge_organisations(old, new, on=day, by=SYSTEM, at=NOW))

    def split(self, index, person, day):
        branch, code = self._branch(index), f"N{Organisation.objects.count()}"

        def divide():
            above = branch.parent.code
            found_organisations([new_organisation(code, above, kind="branch", founded_on=day)], by=SYSTEM, at=NOW)
            chosen = [self.world.persons[person]]
            other = self.world.organisation(code)
            split_organisation(branch, other, person_ids=chosen, on=day, by=SYSTEM, at=NOW)

        self._tree([branch], divide)

    def close(self, index, day):
        branch = self._branch(index)

        def empty():
            members = Membership.objects.on(day).filter(organisation=branch, until=None, since__lt=day)
            end_memberships([(m.person_id, day, "left", None) for m in members], by=SYSTEM, at=NOW)
            close_organisation(branch, on=day, by=SYSTEM, at=NOW)

        self._tree([branch], empty)

    def move(self, index, above, day):
        branch, parent = self._branch(index), self.world.organisation(above)
        self.whole |= self._tree(
            [branch], lambda: change_organisation(branch, on=day, by=SYSTEM, at=NOW, parent=parent)
        )

    def attributes(self, index, sector, day):
        branch = self._branch(index)
        self._tree([branch], lambda: change_organisation(branch, on=day, by=SYSTEM, at=NOW, sector=sector))

    def undo_tree(self):
        if self.journals:
            try:
                take_back(self.journals.pop(), by=SYSTEM, at=NOW)
            except TreeError:
                return

    def _branch(self, index):
        return self.world.organisation(self.world.branches[index])

    def _tree(self, places, act):
        keys = {o.pk for o in places}
        known = set(Organisation.objects.values_list("pk", flat=True))
        before = rows_of(keys)
        try:
            with transaction.atomic():
                act()
        except (TreeError, MembershipError):
            return False
        keys |= set(Organisation.objects.exclude(pk__in=known).values_list("pk", flat=True))
        self.journals.append(difference(before, rows_of(keys)))
        return True

    def refresh(self):
        operations.refresh()


def kept() -> tuple[dict, dict]:
    """All that is kept, without rows that say nothing."""
    persons = {
        (row["person"], row["year"]): row
        for row in PersonYear.objects.exclude(branch=None).values(*PERSON_YEAR_COLUMNS)
    }
    sums = {
        (r.organisation_id, r.year, r.cut): r.months
        for r in RollUp.objects.all()
        if any(any(month) for month in r.months)
    }
    return persons, sums


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(steps=STEPS)
def test_kept_figures_equal_a_rebuild(steps):
    savepoint = transaction.savepoint()
    try:
        world = build_world(members=2)
        for year in (2017, 2018):
            operations.rebuild(year)
        walk = Walk(world)
        for step in steps:
            walk.do(step)
        stale = {c: position(world.organisation(c), year=2017).as_json() for c in ("R", "C1", "T11")}
        operations.refresh()
        assert not StaleBranch.objects.exists()
        refreshed = kept()
        fresh = {c: position(world.organisation(c), year=2017).as_json() for c in ("R", "C1", "T11")}
        for year in (2017, 2018):
            operations.rebuild(year)
        assert refreshed == kept()
        if not walk.whole and not any(step[0] == "merge_towns" for step in steps):
            assert stale == fresh
    finally:
        transaction.savepoint_rollback(savepoint)

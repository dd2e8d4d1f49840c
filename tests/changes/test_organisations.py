"""Organisations founded, changed, moved, merged, split, closed: what comes of their people, who may, and undoing."""

from datetime import date

import pytest

from peixun.changes import operations
from peixun.changes.models import OrganisationChange, OrganisationChangeKind, Transfer
from peixun.changes.operations import AlreadyDecided, ChangeRefused, OrganisationWanted, Proposal
from peixun.coverage.models import StaleBranch
from peixun.coverage.operations import rebuild, refresh
from peixun.coverage.queries.position import position
from peixun.people.models import AuditEntry, Membership, Organisation, OrganisationVersion, Post, Succession
from peixun.people.operations.memberships import transfer as move
from peixun.people.operations.organisations import NewOrganisation
from peixun.people.queries.scope import OutOfScope, actor_of
from tests.factories.world import NOW, SYSTEM, account, build_world
from tests.home.conftest import signed_in

pytestmark = pytest.mark.django_db
TODAY = date(2018, 6, 30)
APRIL = date(2018, 4, 1)
Kind = OrganisationChangeKind


@pytest.fixture
def world(db):
    return build_world(3)


def actor(world, code, role="office"):
    return actor_of(account(f"{role}-{code}", role=role, organisation=world.organisation(code)), day=TODAY)


@pytest.fixture
def office(world):
    return actor(world, "C1")


def new(code="N1", parent="T11", on=APRIL, **more):
    fields = {"name": "新村党支部", "kind": "branch", "level": "grassroots", "sector": "village", **more}
    return NewOrganisation(code=code, parent_code=parent, founded_on=on, **fields)


def do(world, kind, code, by, **more):
    to = more.pop("to", None)
    other = world.organisation(to) if to else None
    wanted = OrganisationWanted(
        kind=kind, organisation=world.organisation(code), on=more.pop("on", APRIL), other=other, **more
    )
    return operations.change_organisation(wanted, today=TODAY, by=by, at=NOW)


def undo(made, by):
    operations.undo_organisation_change(OrganisationChange.objects.get(pk=made.pk), by=by, at=NOW)


def everything():
    """All that an undo must bring back."""
    return [
        sorted(map(repr, model.objects.order_by("pk").values_list(*columns)))
        for model, columns in (
            (Organisation, ("code", "name", "short_name", "kind", "sector", "tags", "parent", "path", "closed_on")),
            (OrganisationVersion, ("organisation", "since", "until", "name", "kind", "sector", "tags", "parent")),
            (Membership, ("person", "organisation", "since", "until", "ended_by", "status")),
            (Post, ("person", "organisation", "title", "since", "until")),
            (Succession, ("predecessor", "successor")),
            (Transfer, ("person", "state", "note", "decided_at")),
        )
    ]


def on_roll(world, code, day=TODAY):
    return Membership.objects.on(day).filter(organisation__code=code).count()


WAYS = [
    (Kind.CHANGE, "T11a", {"changes": {"name": "前进村党支部", "kind": "joint_branch", "sector": "community"}}),
    (Kind.MOVE, "T11a", {"to": "T12"}),
    (Kind.MOVE, "T11", {"to": "C1"}),
    (Kind.MERGE, "T11a", {"to": "T11b"}),
    (Kind.MERGE, "T11", {"to": "T12"}),
    (Kind.SPLIT, "T11a", {"new": new()}),
]


@pytest.mark.parametrize(("kind", "code", "more"), WAYS)
def test_whatever_is_done_can_be_undone_and_figures_follow(world, kind, code, more):
    by = actor(world, "R")
    if kind == Kind.MOVE and code == "T11":
        more = {"to": "C2"}
    if kind == Kind.SPLIT:
        more = {**more, "person_ids": tuple(world.persons[1:3])}
    rebuild(2018)
    before, figures = everything(), position(world.root, year=2018).as_json()
    made = do(world, kind, code, by, **more)
    assert everything() != before
    refresh()
    kept = {c: position(world.organisation(c), year=2018).as_json() for c in ("R", "C1", "T11", "T12")}
    rebuild(2018)
    assert {c: position(world.organisation(c), year=2018).as_json() for c in kept} == kept
    undo(made, by)
    if kind != Kind.SPLIT:
        assert everything() == before
    refresh()
    assert position(world.root, year=2018).as_json() == figures
    with pytest.raises(AlreadyDecided, match="已由他人撤销"):
        undo(made, by)


def test_founding_undone_leaves_a_closed_organisation_and_frees_the_code(world, office):
    made = do(world, Kind.FOUND, "T11", office, new=new())
    founded = world.organisation("N1")
    assert (founded.parent.code, founded.founded_on, made.organisation_id) == ("T11", APRIL, founded.pk)
    undo(made, office)
    founded.refresh_from_db()
    assert (founded.closed_on, founded.code) == (APRIL, f"N1.{founded.pk}")
    assert not founded.versions.exists()
    assert do(world, Kind.FOUND, "T11", office, new=new()).organisation.code == "N1"


def test_a_founding_with_members_is_not_undone(world, office):
    made = do(world, Kind.FOUND, "T11", office, new=new())
    move(world.person(1), to=world.organisation("N1"), on=TODAY, by=SYSTEM, at=NOW)
    with pytest.raises(ChangeRefused, match="已有党员"):
        undo(made, office)
    assert OrganisationChange.objects.get().undone_at is None
    assert world.organisation("N1").closed_on is None


def test_a_merger_takes_members_ends_posts_and_withdraws_transfers(world, office):
    [one] = operations.propose(
        Proposal((world.persons[4],), world.organisation("T11a"), TODAY),
        today=TODAY,
        by=actor(world, "T11b", "secretary"),
        at=NOW,
    )
    before = everything()
    made = do(world, Kind.MERGE, "T11a", office, to="T11b")
    assert (on_roll(world, "T11a"), on_roll(world, "T11b")) == (0, 6)
    assert on_roll(world, "T11a", date(2018, 3, 31)) == 3
    assert Post.objects.get(person=world.persons[0]).until == APRIL
    assert world.organisation("T11a").closed_on == APRIL
    one.refresh_from_db()
    assert (one.state, "并入" in one.note) == ("withdrawn", True)
    undo(made, office)
    assert everything() == before


def test_a_backdated_merger_keeps_what_ended_since_and_takes_in_who_came_later(world, office):
    early = world.persons[1]
    move(world.person(1), to=world.organisation("T12b"), on=date(2018, 5, 1), by=SYSTEM, at=NOW)
    move(world.person(7), to=world.organisation("T11a"), on=date(2018, 5, 1), by=SYSTEM, at=NOW)
    do(world, Kind.MERGE, "T11a", office, to="T11b")
    stay = Membership.objects.filter(person=early).order_by("since").values_list("organisation__code", "since", "until")
    assert list(stay) == [
        ("T11a", date(2010, 1, 1), APRIL),
        ("T11b", APRIL, date(2018, 5, 1)),
        ("T12b", date(2018, 5, 1), None),
    ]
    assert Membership.objects.get(person=world.persons[7], until=None).organisation.code == "T11b"


def test_a_branch_that_closes_makes_only_those_concerned_stale(world, office):
    rebuild(2018)
    do(world, Kind.MERGE, "T11a", office, to="T11b")
    noted = set(StaleBranch.objects.values_list("branch__code", flat=True))
    assert noted == {"T11a", "T11b"}
    do(world, Kind.FOUND, "T12", office, new=new("N2", "T12"))
    do(world, Kind.CHANGE, "T12a", office, changes={"name": "新名党支部"})
    assert set(StaleBranch.objects.values_list("branch__code", flat=True)) == noted


def test_a_split_leaves_somebody_and_takes_only_members(world, office):
    for persons, words in (
        (tuple(world.persons[:3]), "至少要留下一名"),
        ((world.persons[5],), "还不是"),
        ((), "还不是"),
    ):
        with pytest.raises(ChangeRefused, match=words):
            do(world, Kind.SPLIT, "T11a", office, new=new(), person_ids=persons)
    assert not Organisation.objects.filter(code="N1").exists()
    made = do(world, Kind.SPLIT, "T11a", office, new=new(), person_ids=(world.persons[0],))
    assert (on_roll(world, "T11a"), on_roll(world, "N1")) == (2, 1)
    assert Post.objects.get(person=world.persons[0]).until == APRIL
    assert Succession.objects.get().successor.code == "N1"
    again = do(world, Kind.SPLIT, "T11a", office, to="N1", person_ids=(world.persons[1],))
    with pytest.raises(ChangeRefused, match="已有党员"):
        undo(made, office)
    undo(again, office)
    undo(made, office)
    assert on_roll(world, "T11a") == 3
    assert Post.objects.get(person=world.persons[0]).until is None


def test_what_was_split_off_may_take_in_the_rest(world, office):
    do(world, Kind.SPLIT, "T11a", office, new=new(), person_ids=(world.persons[1],))
    before = everything()
    made = do(world, Kind.MERGE, "T11a", office, to="N1", on=date(2018, 5, 1))
    assert (on_roll(world, "N1"), Succession.objects.get().kind) == (3, "merge")
    undo(made, office)
    assert everything() == before
    assert Succession.objects.get().kind == "split"


def test_closing_asks_where_members_and_organisations_below_go(world, office):
    with pytest.raises(ChangeRefused, match="办理合并"):
        do(world, Kind.CLOSE, "T11a", office)
    with pytest.raises(ChangeRefused, match="还有下级党组织"):
        do(world, Kind.CLOSE, "T11", office)
    do(world, Kind.FOUND, "T11", office, new=new())
    made = do(world, Kind.CLOSE, "N1", office, on=date(2018, 5, 1))
    assert world.organisation("N1").closed_on == date(2018, 5, 1)
    undo(made, office)
    assert world.organisation("N1").closed_on is None


@pytest.mark.parametrize(
    ("kind", "code", "more", "words"),
    [
        (Kind.CHANGE, "T11a", {"on": date(2018, 7, 1), "changes": {"name": "甲"}}, "不能晚于今天"),
        (Kind.CHANGE, "T11a", {"on": date(1989, 1, 1), "changes": {"name": "甲"}}, "早于"),
        (Kind.CHANGE, "T11a", {"changes": {"name": "11a村党支部"}}, "没有更改"),
        (Kind.CHANGE, "T11a", {"changes": {"kind": "committee"}}, "还有党员"),
        (Kind.CHANGE, "T11", {"changes": {"kind": "branch"}}, "还有下级"),
        (Kind.MOVE, "T11a", {"to": "T11"}, "现在就隶属于"),
        (Kind.MOVE, "T11a", {"to": "T12a"}, "是党支部"),
        (Kind.MOVE, "C1", {"to": "T11"}, "之下"),
        (Kind.MERGE, "T11a", {"to": "T12"}, "只能并入"),
        (Kind.MERGE, "T11a", {"to": "T11a"}, "自己|之下"),
        (Kind.FOUND, "T11", {"new": new("T12a")}, "已在使用"),
        (Kind.FOUND, "T11a", {"new": new("N9", "T11a")}, "党支部下不能再设"),
        (Kind.FOUND, "T11", {"on": date(1980, 1, 1), "new": new(on=date(1980, 1, 1))}, "还没有成立"),
        (Kind.CLOSE, "R", {}, "最上级"),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words_and_nothing_is_written(world, kind, code, more, words):
    before = everything()
    with pytest.raises(ChangeRefused, match=words):
        do(world, kind, code, actor(world, "R"), **more)
    assert everything() == before
    assert not OrganisationChange.objects.exists()


def test_a_day_before_a_later_version_is_refused(world, office):
    do(world, Kind.CHANGE, "T11a", office, changes={"name": "甲村党支部"}, on=date(2018, 5, 1))
    with pytest.raises(ChangeRefused, match="已有变更"):
        do(world, Kind.CHANGE, "T11a", office, changes={"name": "乙村党支部"})
    with pytest.raises(ChangeRefused, match="成立或变更过"):
        do(world, Kind.MERGE, "T11a", office, to="T11b")
    assert on_roll(world, "T11a") == 3


def test_a_place_that_would_lie_below_itself_in_the_past_is_refused(world):
    by = actor(world, "R")
    do(world, Kind.MOVE, "T12", by, to="T11", on=date(2018, 3, 1))
    do(world, Kind.MOVE, "T12", by, to="C1", on=date(2018, 5, 1))
    with pytest.raises(ChangeRefused, match="还在"):
        do(world, Kind.MOVE, "T11", by, to="T12")


def test_only_who_answers_for_the_parents_may(world, office):
    secretary = actor(world, "T11a", "secretary")
    town = actor(world, "T11")
    tries = [
        (secretary, Kind.CHANGE, "T11a", {"changes": {"name": "甲"}}),
        (secretary, Kind.CLOSE, "T11a", {}),
        (town, Kind.CLOSE, "T11", {}),
        (town, Kind.MOVE, "T11a", {"to": "T12"}),
        (town, Kind.MERGE, "T11a", {"to": "T12a"}),
        (office, Kind.FOUND, "T21", {"new": new("N1", "T21")}),
        (actor(world, "C1", "leader"), Kind.CHANGE, "T11a", {"changes": {"name": "甲"}}),
    ]
    for by, kind, code, more in tries:
        with pytest.raises(OutOfScope):
            do(world, kind, code, by, **more)
    made = do(world, Kind.MERGE, "T11a", office, to="T12a")
    with pytest.raises(OutOfScope):
        undo(made, town)
    assert AuditEntry.objects.filter(action="close", organisation=made.organisation).exists()


def test_two_who_merge_the_same_branch(world, office):
    do(world, Kind.MERGE, "T11a", office, to="T11b")
    with pytest.raises(ChangeRefused, match="已经撤销"):
        do(world, Kind.MERGE, "T11a", office, to="T12a")


def test_what_changed_since_is_not_undone(world, office):
    made = do(world, Kind.MERGE, "T11a", office, to="T11b")
    move(world.person(1), to=world.organisation("T12a"), on=TODAY, by=SYSTEM, at=NOW)
    with pytest.raises(ChangeRefused, match="又有变化"):
        undo(made, office)
    assert world.organisation("T11a").closed_on == APRIL
    moved = do(world, Kind.MOVE, "T12a", office, to="T11", on=TODAY)
    do(world, Kind.CHANGE, "T12a", office, on=TODAY, changes={"name": "新名"})
    with pytest.raises(ChangeRefused, match="又有变化"):
        undo(moved, office)


def browser(world, code="T11", role="office"):
    return signed_in(account(f"b-{role}-{code}", role=role, organisation=world.organisation(code)))


def test_a_merger_on_screen_previewed_confirmed_undone(world):
    rebuild(2018)
    client, address = browser(world), "/changes/organisation/T11a/merge/"
    assert "11b村党支部" in client.get(f"{address}?find=11b").content.decode()
    data = {"to": world.organisation("T11b").pk, "on": "2018-04-01", "find": "11b"}
    before = everything()
    shown = client.post(address, data)
    assert shown.status_code == 200
    tallies = {row["name"]: (row["before"].due, row["after"].due) for row in shown.context["shown"]["rows"]}
    assert tallies == {"11a村党支部": (3, 0), "11b村党支部": (0, 3), "11镇党委": (3, 3)}
    assert everything() == before
    done = client.post(address, {**data, "confirm": "1"}, follow=True)
    assert done.redirect_chain == [(f"/changes/organisations/{OrganisationChange.objects.get().pk}/", 302)]
    assert "11a村党支部" in client.get("/changes/organisations/").content.decode()
    assert client.get("/changes/organisation/T11a/").status_code == 404
    assert client.post(done.redirect_chain[0][0], follow=True).status_code == 200
    assert everything() == before
    assert client.post(done.redirect_chain[0][0]).status_code == 422


def test_a_founding_and_a_split_on_screen(world):
    client = browser(world)
    fields = {"code": "N5", "name": "五村党支部", "kind": "branch", "level": "grassroots", "on": "2018-04-01"}
    bad = client.post("/changes/organisation/T11/found/", {**fields, "code": "五/村"})
    assert (bad.status_code, "代码只能是" in bad.content.decode()) == (422, True)
    taken = client.post("/changes/organisation/T11/found/", {**fields, "code": "T12a"})
    assert (taken.status_code, "已在使用" in taken.content.decode()) == (422, True)
    client.post("/changes/organisation/T11/found/", {**fields, "confirm": "1"})
    assert world.organisation("N5").parent.code == "T11"
    address, persons = "/changes/organisation/T11a/split/", [world.persons[1]]
    missing = client.post(address, {"persons": persons, "on": "2018-04-01"})
    assert (missing.status_code, "要填写代码和名称" in missing.content.decode()) == (422, True)
    client.post(address, {"persons": persons, "to": world.organisation("N5").pk, "on": "2018-04-01", "confirm": "1"})
    assert on_roll(world, "N5") == 1


def test_many_people_are_counted_instead_of_worked_out(world, monkeypatch):
    monkeypatch.setattr("peixun.changes.views.organisations.WORKED_OUT", 3)
    data = {"to": world.organisation("C2").pk, "on": "2018-04-01"}
    page = browser(world, "R").post("/changes/organisation/T11/move/", data)
    assert (page.status_code, page.context["shown"]["rows"]) == (200, [])
    assert "涉及 6 人" in page.content.decode()


def test_a_secretary_is_offered_nothing_and_pages_link_only_for_who_may(world):
    secretary = browser(world, "T11a", "secretary")
    assert secretary.get("/changes/organisation/T11a/").status_code == 404
    assert "/changes/organisation/T11a/" not in secretary.get("/people/organisations/T11a/").content.decode()
    town = browser(world, "T11")
    assert "/changes/organisation/T11a/" in town.get("/people/organisations/T11a/").content.decode()
    assert [kind for kind, _hint in town.get("/changes/organisation/T11/").context["offers"]] == [Kind.FOUND]
    foreign = {"to": world.organisation("T12").pk, "on": "2018-04-01", "confirm": "1"}
    assert town.post("/changes/organisation/T11a/move/", foreign).status_code == 422
    assert world.organisation("T11a").parent.code == "T11"

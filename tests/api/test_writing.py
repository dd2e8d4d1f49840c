"""Opening activities, posting and reversing: all or nothing, conflicts named, each bad item at its place."""

from datetime import UTC, date, datetime

import pytest

from peixun.coverage import operations as coverage
from peixun.kernel.citizen_number import make
from peixun.ledger.models import Activity, CreditEntry, LateEntry
from peixun.ledger.operations import close_year
from peixun.people.models import AuditEntry, Person, PersonAlias
from peixun.people.operations.enrolment import NewPerson, enrol
from tests.factories.world import NOW, SYSTEM, activity

NUMBER = make(region="620402", birth=date(1980, 3, 7), sequence=123)
LECTURE = {
    "reference": "讲座-1",
    "kind": "lecture",
    "title": "专题讲座",
    "organiser": "R",
    "tier": "county",
    "starts_on": "2018-05-04",
    "ends_on": "2018-05-05",
}


@pytest.fixture
def lecture(office):
    """A lecture opened through the API; its id."""
    return office.post("/activities", LECTURE).json()["id"]


def credit(person, **fields):
    return {
        "reference": f"p{person}",
        "happened_on": "2018-05-04",
        "hours": 2,
        "person_id": person,
        "activity_reference": "讲座-1",
        **fields,
    }


def pointers(response):
    assert response.status_code == 422
    return [error["pointer"] for error in response.json()["errors"]]


def test_an_activity_is_opened_once(office, lecture):
    again = office.post("/activities", LECTURE)
    assert (again.status_code, again.json()) == (200, {"id": lecture, "opened": False})
    row = Activity.objects.get()
    assert (row.source_kind, row.source, row.reference) == ("api", "R", "讲座-1")
    other = office.post("/activities", {**LECTURE, "title": "另一场"})
    assert other.status_code == 409
    assert other.json()["conflicts"] == [{"source": "R", "reference": "讲座-1"}]
    assert AuditEntry.objects.filter(action="open", subject="activity").count() == 1


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "party"}, "#/kind"),
        ({"title": ""}, "#/title"),
        ({"title": "甲" * 121}, "#/title"),
        ({"title": "a\x1fb"}, "#/title"),
        ({"starts_on": 1525392000}, "#/starts_on"),
        ({"starts_on": "2018-02-30"}, "#/starts_on"),
        ({"ends_on": "2018-05-03"}, "#"),
        ({"topics": ["no-such-topic"]}, "#/topics"),
        ({"colour": "red"}, "#/colour"),
        ({"tier": None}, "#/tier"),
    ],
)
def test_an_activity_that_cannot_be(office, change, pointer):
    assert pointers(office.post("/activities", {**LECTURE, **change})) == [pointer]
    assert not Activity.objects.exists()


def test_credits_are_posted_once(world, office, lecture):
    batch = {"credits": [credit(p) for p in world.persons]}
    assert office.post("/credits", batch).json() == {"written": 40, "unchanged": 0}
    batch["credits"].append(credit(world.persons[0], reference="2", activity_id=lecture, activity_reference=None))
    assert office.post("/credits", batch).json() == {"written": 1, "unchanged": 40}
    entry = CreditEntry.objects.filter(reverses=None).first()
    assert (entry.source_kind, entry.source, str(entry.hours)) == ("api", "R", "2.00")
    assert AuditEntry.objects.filter(action="post", subject="credit").count() == 2


def test_known_keys_with_other_content_are_named_and_nothing_is_written(world, office, lecture):
    office.post("/credits", {"credits": [credit(world.persons[0])]})
    batch = {"credits": [credit(world.persons[1]), credit(world.persons[0], hours=3)]}
    response = office.post("/credits", batch)
    assert response.status_code == 409
    assert response.json()["conflicts"] == [
        {
            "person_id": world.persons[0],
            "reference": f"p{world.persons[0]}",
            "source": "R",
            "part": "",
            "revision": 1,
        }
    ]
    assert CreditEntry.objects.count() == 1


def test_a_person_by_citizen_number(world, office, lecture):
    [person] = enrol(
        [
            NewPerson(
                name="李四",
                citizen_number=NUMBER,
                organisation_id=world.organisations["T11a"],
                member_since=date(2010, 1, 1),
            )
        ],
        by=SYSTEM,
        at=NOW,
    )
    item = credit(None, citizen_number=f" {NUMBER.lower()} ", reference="n1")
    assert office.post("/credits", {"credits": [item]}).json() == {"written": 1, "unchanged": 0}
    assert CreditEntry.objects.get().person_id == person
    shown = office.get(f"/people/{person}/record?year=2018")
    assert shown.json()["citizen_number"] == f"6204**********{NUMBER[-4:]}"
    assert NUMBER not in shown.content.decode()
    unknown = make(region="620402", birth=date(1981, 3, 7), sequence=1)
    refused = office.post("/credits", {"credits": [credit(None, citizen_number=unknown)]})
    assert pointers(refused) == ["#/credits/0/citizen_number"]
    assert unknown not in refused.content.decode()
    mistyped = office.post("/credits", {"credits": [credit(None, citizen_number=NUMBER[:-1] + "?")]})
    assert pointers(mistyped) == ["#/credits/0/citizen_number"]
    assert NUMBER[:-1] not in mistyped.content.decode()


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"hours": 0}, "/hours"),
        ({"hours": -2}, "/hours"),
        ({"hours": 0.3}, "/hours"),
        ({"hours": 1001}, "/hours"),
        ({"hours": "1e999999999"}, "/hours"),
        ({"hours": True}, "/hours"),
        ({"hours": 25}, "/hours"),
        ({"happened_on": "2018-05-06"}, "/happened_on"),
        ({"person_id": True}, "/person_id"),
        ({"person_id": 2**63}, "/person_id"),
        ({"citizen_number": NUMBER}, ""),
        ({"activity_reference": "no"}, "/activity_reference"),
        ({"activity_reference": None, "activity_id": 999}, "/activity_id"),
        ({"activity_reference": None}, ""),
        ({"reference": " "}, "/reference"),
        ({"revision": 2}, "/revision"),
        ({"note": "x"}, "/note"),
    ],
)
def test_a_bad_item_is_refused_at_its_place_and_nothing_is_written(world, office, lecture, change, step):
    good, bad = credit(world.persons[0]), credit(world.persons[1], **change)
    assert pointers(office.post("/credits", {"credits": [good, bad]})) == [f"#/credits/1{step}"]
    assert not CreditEntry.objects.exists()


def test_days_in_the_future_and_outside_of_the_memberships(world, office):
    later = activity(world, on=date(2018, 7, 2))
    early = activity(world, on=date(2005, 7, 2))
    refused = office.post(
        "/credits",
        {
            "credits": [
                credit(world.persons[0], activity_id=later, activity_reference=None, happened_on="2018-07-02"),
                credit(world.persons[0], activity_id=early, activity_reference=None, happened_on="2005-07-02"),
            ]
        },
    )
    assert pointers(refused) == ["#/credits/0/happened_on", "#/credits/1/happened_on"]


def test_at_most_2000_at_once(world, office, lecture):
    many = [credit(world.persons[0], reference=str(i)) for i in range(2001)]
    assert pointers(office.post("/credits", {"credits": many})) == ["#/credits"]
    assert office.post("/credits", {"credits": many[:2000]}).json()["written"] == 2000


def test_queries_do_not_grow_with_the_batch(world, office, lecture, django_assert_max_num_queries):
    office.get("/me")
    office.post("/credits", {"credits": [credit(world.persons[0], reference="warm")]})
    with django_assert_max_num_queries(60) as small:
        office.post("/credits", {"credits": [credit(world.persons[0], reference="a")]})
    with django_assert_max_num_queries(len(small) + 4):
        office.post("/credits", {"credits": [credit(world.persons[0], reference=str(i)) for i in range(300)]})


def test_a_reversal_with_what_is_right_instead(world, office, lecture):
    office.post("/credits", {"credits": [credit(world.persons[0])]})
    entry = CreditEntry.objects.get()
    body = {"reason": "学时录错", "replacement": {"happened_on": "2018-05-05", "hours": 1.5}}
    done = office.post(f"/credits/{entry.pk}/reversal", body)
    assert done.status_code == 201
    assert done.json()["reverses"] == entry.pk
    record = office.get(f"/people/{world.persons[0]}/record?year=2018").json()
    assert [(c["id"], c["hours"], c["revision"]) for c in record["credits"]] == [
        (done.json()["replacement"], "1.50", 2)
    ]
    assert office.post(f"/credits/{entry.pk}/reversal", body).status_code == 409
    assert office.post(f"/credits/{done.json()['id']}/reversal", body).status_code == 409


def test_a_bad_replacement_leaves_the_entry_as_it_is(world, office, lecture):
    office.post("/credits", {"credits": [credit(world.persons[0])]})
    entry = CreditEntry.objects.get()
    body = {"reason": "学时录错", "replacement": {"happened_on": "2018-06-05", "hours": 1}}
    assert pointers(office.post(f"/credits/{entry.pk}/reversal", body)) == ["#/replacement/happened_on"]
    assert pointers(office.post(f"/credits/{entry.pk}/reversal", {"reason": " "})) == ["#/reason"]
    assert CreditEntry.objects.count() == 1


def test_the_next_revision_needs_a_reversal(world, office, lecture):
    item = credit(world.persons[0])
    office.post("/credits", {"credits": [item]})
    again = {"credits": [{**item, "hours": 3, "revision": 2}]}
    assert pointers(office.post("/credits", again)) == ["#/credits/0/revision"]
    office.post(f"/credits/{CreditEntry.objects.get().pk}/reversal", {"reason": "录错"})
    assert office.post("/credits", again).json() == {"written": 1, "unchanged": 0}


def test_a_replay_after_a_merger_is_harmless(world, office, lecture):
    first, second = world.persons[0], world.persons[1]
    batch = {"credits": [credit(second)]}
    office.post("/credits", batch)
    PersonAlias.objects.create(
        alias=Person.objects.get(pk=second), person=Person.objects.get(pk=first), merged_at=datetime.now(UTC)
    )
    assert office.post("/credits", batch).json() == {"written": 0, "unchanged": 1}
    named = {"credits": [credit(first, reference=f"p{second}")]}
    assert office.post("/credits", named).json() == {"written": 0, "unchanged": 1}


def test_the_kept_figures_follow(world, office, lecture):
    coverage.rebuild(2018)
    before = office.get("/coverage?org=R&year=2018").json()["members"]["covered"]
    office.post("/credits", {"credits": [credit(world.persons[0])]})
    assert office.get("/coverage?org=R&year=2018").json()["members"]["covered"] == before + 1


def test_a_closed_year_asks_why_so_late(world, office):
    on = date(2017, 5, 4)
    office.post("/activities", {**LECTURE, "starts_on": on.isoformat(), "ends_on": on.isoformat()})
    close_year(world.root, 2017, figures={}, by=SYSTEM, at=NOW, today=date(2018, 1, 20))
    batch = {"credits": [credit(world.persons[0], happened_on=on.isoformat())]}
    refused = office.post("/credits", batch)
    assert pointers(refused) == ["#/late_reason"]
    assert "补记请写明原因" in refused.json()["errors"][0]["detail"]
    assert not CreditEntry.objects.exists()
    assert office.post("/credits", {**batch, "late_reason": "系统漏传"}).json()["written"] == 1
    assert LateEntry.objects.get().reason == "系统漏传"
    assert office.post("/credits", batch).json() == {"written": 0, "unchanged": 1}

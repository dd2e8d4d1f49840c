"""What each endpoint answers, to whom, in how many queries; pages neither skip nor repeat."""

from datetime import date

import pytest
from django.urls import reverse

from peixun.coverage import operations as coverage
from peixun.coverage.api import CoverageOut, PeopleOut, RecordOut
from peixun.coverage.queries.position import position
from peixun.ledger import operations as ledger
from peixun.ledger.api.activities import ActivitiesOut
from peixun.ledger.api.seals import HeadOut
from peixun.ledger.models import Seal
from peixun.people.api import MeOut, OrganisationsOut
from peixun.people.models import Organisation, Role
from tests.factories.world import NOW, SYSTEM, activity, credit, post

DAY = date(2018, 5, 4)


@pytest.fixture
def trained(world):
    """Some of the city has hours of 2018."""
    for index in range(0, 40, 3):
        post(world, world.persons[index], on=DAY, hours=4 + index)
    coverage.rebuild(2018)
    return world


def test_coverage_is_exactly_the_position(trained, office):
    response = office.get("/coverage?org=R&year=2018")
    assert response.json() == position(trained.root, year=2018).as_json()
    CoverageOut.model_validate(response.json())
    assert response.json()["members"]["covered"] == 14
    early = office.get("/coverage?org=R&year=2018&as_of=2018-05-03").json()
    assert (early["as_of"], early["members"]["covered"]) == ("2018-05-03", 0)
    secretaries = office.get("/coverage?org=C1&year=2018&audience=secretaries").json()
    assert secretaries["members"]["due"] == 4


@pytest.mark.parametrize("state", ["due", "covered", "uncovered", "fulfilled", "unfulfilled"])
def test_the_people_are_those_that_coverage_counts(trained, office, state):
    members = office.get("/coverage?org=C1&year=2018").json()["members"]
    expected = {
        "due": members["due"],
        "covered": members["covered"],
        "uncovered": members["due"] - members["covered"],
        "fulfilled": members["fulfilled"],
        "unfulfilled": members["due"] - members["fulfilled"],
    }
    found = office.pages(f"/people?org=C1&year=2018&state={state}")
    assert len(found) == len({row["id"] for row in found}) == expected[state]
    assert members["due"] > members["covered"] > 0


def test_people_say_what_they_owe(trained, office):
    page = office.get("/people?org=T11a&year=2018&limit=500").json()
    PeopleOut.model_validate(page)
    secretary = next(row for row in page["items"] if row["id"] == trained.persons[0])
    assert secretary["hours"] == "4.00"
    assert {o["requirement"]: (o["hours"], o["concentrated"]) for o in secretary["owed"]} == {
        "党员32学时": ("28.00", 0),
        "书记56学时": ("52.00", 1),
    }


def test_a_record_has_every_credit_with_what_counts(trained, office):
    person = trained.persons[0]
    viewing = activity(trained, on=DAY, kind="group_viewing")
    ledger.post([credit(person, viewing, on=DAY, hours=10)], by=SYSTEM, at=NOW)
    record = office.get(f"/people/{person}/record?year=2018").json()
    RecordOut.model_validate(record)
    assert sorted((c["hours"], c["counted"], c["why_not"]) for c in record["credits"]) == [
        ("10.00", "8.00", "cap"),
        ("4.00", "4.00", ""),
    ]
    assert (record["hours"], record["person_times"], record["covered"]) == ("12.00", 2, True)
    assert office.get(f"/people/{person}/record?year=2017").json()["credits"] == []


def test_organisations_come_in_the_order_of_the_tree(world, office, county):
    everything = office.pages("/organisations")
    OrganisationsOut.model_validate({"items": everything, "next_cursor": None})
    assert [row["code"] for row in everything] == list(
        Organisation.objects.order_by("path").values_list("code", flat=True)
    )
    assert [row["code"] for row in office.pages("/organisations?org=T12")] == ["T12", "T12a", "T12b"]
    assert {row["code"] for row in county.pages("/organisations")} == {
        o.code for o in Organisation.objects.under(world.organisation("C1"))
    }


def test_activities_page_by_page_with_filters(world, office):
    ids = [activity(world, on=date(2017 + i % 2, 3, 1), kind=["lecture", "class"][i % 3 == 0]) for i in range(10)]
    found = office.pages("/activities")
    ActivitiesOut.model_validate({"items": found, "next_cursor": None})
    assert [row["id"] for row in found] == ids
    assert [row["id"] for row in office.pages("/activities?year=2018")] == ids[1::2]
    assert [row["id"] for row in office.pages("/activities?kind=class&org=R")] == ids[::3]
    assert office.pages("/activities?source_kind=api") == []


def test_the_sealed_head(trained, office):
    before = office.get("/ledger/head").json()
    assert before == {"number": 0, "digest": "", "sealed_at": None, "unsealed": 14}
    ledger.seal(at=NOW)
    head = office.get("/ledger/head").json()
    HeadOut.model_validate(head)
    assert (head["number"], head["unsealed"]) == (1, 0)
    assert head["digest"] == bytes(Seal.objects.get().digest).hex()


def test_me_says_who_i_am_and_what_i_may(holder):
    me = holder(Role.LEADER, "C2", "read").get("/me").json()
    MeOut.model_validate(me)
    assert me["grants"] == [{"role": "leader", "organisation": "C2", "permissions": ["report", "see_coverage"]}]
    assert me["token"]["scopes"] == ["read"]


@pytest.mark.parametrize(
    "path",
    ["/people?org=R&year=2018", "/organisations?org=R", "/activities?org=R", "/coverage?org=R&year=2018"],
)
def test_queries_do_not_grow_with_the_page(trained, office, django_assert_max_num_queries, path):
    joint = "&limit={}" if "coverage" not in path else ""
    office.get(path)  # notes the day of use, remembers the books
    with django_assert_max_num_queries(30) as small:
        office.get(path + joint.format(2))
    with django_assert_max_num_queries(len(small)):
        office.get(path + joint.format(500))


def test_a_token_costs_one_query(office, django_assert_num_queries):
    office.get("/ledger/head")
    with django_assert_num_queries(1):
        assert office.get("/coverage").status_code == 422


def test_documents_are_public_and_complete(client):
    document = client.get("/api/v1/openapi.json").json()
    assert set(document["paths"]) == {
        f"/api/v1{path}"
        for path in (
            "/coverage",
            "/people",
            "/people/{person_id}/record",
            "/organisations",
            "/activities",
            "/credits",
            "/credits/{entry_id}/reversal",
            "/ledger/head",
            "/me",
        )
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            assert {"401", "404", "422", "429"} <= set(operation["responses"])
            assert any("一" <= c <= "鿿" for c in operation["summary"] + operation["description"])
            assert operation["security"] == [{"TokenAuth": []}]
    page = client.get(reverse("api:openapi-view"))
    text = page.content.decode()
    assert all(path in text for path in document["paths"])
    assert "Content-Security-Policy" in page.headers
    assert " style=" not in text
    assert "<script>" not in text

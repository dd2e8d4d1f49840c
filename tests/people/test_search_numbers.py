"""Looking a whole number up, and opening masked numbers: both leave a trace."""

import pytest

from peixun.people.models import AuditEntry
from peixun.people.operations.opening import look_up, open_numbers
from peixun.people.queries.numbers import MaskedNumbers, masked_numbers
from peixun.people.queries.scope import OutOfScope
from peixun.people.queries.search import read_question
from tests.factories.world import NOW, account
from tests.home.conftest import signed_in
from tests.people.test_search import DAY, PHONE, WANG, actor, people

__all__ = ["people"]


@pytest.fixture
def wang(people) -> int:
    return look_up(read_question(WANG), by=actor(people, "C1"), at=NOW, day=DAY).found[0].person_id


def test_looking_a_number_up_is_recorded_without_the_number(people, wang):
    entry = AuditEntry.objects.get(action="look_up_number")
    assert (entry.subject, entry.subject_id, entry.organisation.code) == ("person", str(wang), "T11a")
    assert WANG not in str(entry.detail)


def test_a_look_up_that_finds_nobody_is_recorded_too(people):
    assert look_up(read_question(PHONE), by=actor(people, "C2"), at=NOW, day=DAY).found == []
    entry = AuditEntry.objects.get(action="look_up_number")
    assert (entry.subject_id, entry.detail) == ("", {"kind": "phone", "found": 0})


def test_numbers_are_masked(people, wang):
    assert masked_numbers(wang) == MaskedNumbers(f"{WANG[:4]}**********{WANG[-4:]}", "138****1234")
    assert masked_numbers(people.persons[0]) == MaskedNumbers("", "")
    assert masked_numbers(10**9) == MaskedNumbers()


def test_opening_numbers_shows_them_and_leaves_a_trace(people, wang):
    numbers = open_numbers(wang, by=actor(people, "T11a", "secretary"), at=NOW, day=DAY)
    assert (numbers.citizen_number, numbers.phone) == (WANG, PHONE)
    entry = AuditEntry.objects.get(action="open_numbers")
    assert (entry.subject_id, entry.at) == (str(wang), NOW)


@pytest.mark.parametrize(
    ("code", "role"),
    [("C2", "office"), ("R", "auditor"), ("R", "leader"), ("R", "class_manager"), ("R", "administrator")],
)
def test_who_may_not_open_numbers_opens_none(people, wang, code, role):
    with pytest.raises(OutOfScope):
        open_numbers(wang, by=actor(people, code, role), at=NOW, day=DAY)
    assert not AuditEntry.objects.filter(action="open_numbers").exists()


def test_the_page_opens_numbers_by_post_only(people, wang):
    client = signed_in(account("office", role="office", organisation=people.organisation("C1")))
    address = f"/people/{wang}/numbers/"
    assert client.get(address).status_code == 405
    response = client.post(address)
    assert WANG in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    fragment = client.post(address, headers={"HX-Request": "true"}).content.decode()
    assert PHONE in fragment
    assert "<html" not in fragment
    assert client.post("/people/999999/numbers/").status_code == 404


def test_the_page_is_not_there_for_others(people, wang):
    client = signed_in(account("auditor", role="auditor", organisation=people.organisation("R")))
    assert client.post(f"/people/{wang}/numbers/").status_code == 404

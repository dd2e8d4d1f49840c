"""Whom a login, a mobile number or a citizen number stands for."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peixun.people.models import Person, PersonAlias
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.queries.signing import NOBODY, login_of
from tests.factories.world import NOW, SYSTEM, account
from tests.people.test_search import PHONE, WANG, people

__all__ = ["people"]


def shares_phone(world) -> Person:
    """Somebody of the same household, with the same telephone."""
    new = NewPerson(
        name="李秀英", phone=PHONE, organisation_id=world.organisations["T11a"], member_since=date(2011, 1, 1)
    )
    return Person.objects.get(pk=enrol([new], by=SYSTEM, at=NOW)[0])


@pytest.fixture
def wang(people) -> Person:
    person = Person.objects.filter(name="王建国").earliest("pk")
    account("wang", person=person)
    return person


@pytest.mark.parametrize("typed", ["wang", PHONE, "+86 138-0943-1234", WANG, WANG[:6] + WANG[8:17]])
def test_logins_and_numbers_lead_to_the_login(wang, typed):
    assert login_of(typed) == "wang"


@pytest.mark.parametrize("typed", ["13900000000", "620402199901010000"])
def test_an_unknown_number_becomes_a_stand_in(wang, typed):
    assert login_of(typed).startswith(NOBODY)
    assert typed not in login_of(typed)
    assert login_of(typed) == login_of(typed)


def test_a_shared_phone_leads_to_nobody_the_number_still_does(wang, people):
    shares_phone(people)
    assert login_of(PHONE).startswith(NOBODY)
    assert login_of(WANG) == "wang"


def test_a_number_of_a_merged_record_leads_to_the_account_of_either(wang, people):
    PersonAlias.objects.create(alias=shares_phone(people), person=wang, merged_at=NOW)
    assert login_of(PHONE) == "wang"
    PersonAlias.objects.all().delete()
    PersonAlias.objects.create(alias=wang, person=people.person(1), merged_at=NOW)
    assert login_of(WANG) == "wang"


def test_known_and_unknown_numbers_cost_the_same_queries(wang):
    counts = []
    for typed in (PHONE, "13900000000", WANG, "620402199901010000"):
        with CaptureQueriesContext(connection) as queries:
            login_of(typed)
        counts.append(len(queries))
    assert counts == [3, 3, 3, 3]

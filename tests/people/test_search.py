"""Finding persons: by name, pinyin, initials, numbers; within a scope; page by page."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel.citizen_number import make
from peixun.people.models import Membership, PersonAlias
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.queries.scope import Actor, GrantedRole
from peixun.people.queries.search import Asked, Question, find_organisations, find_persons, read_question
from tests.factories.world import NOW, SYSTEM

DAY = date(2018, 6, 30)
WANG, PHONE = make(region="620402", birth=date(1960, 5, 4), sequence=11), "13809431234"
NAMES = ("王建国", "王建华", "欧阳建国", "单文", "文建", "Alim·买买提")


@pytest.fixture
def people(world):
    """Persons with names of all sorts in the first branch, and one 王建国 in another county."""
    here, there = world.organisations["T11a"], world.organisations["T21a"]
    new = [NewPerson(name=n, organisation_id=here, member_since=date(2010, 1, 1)) for n in NAMES]
    new[0] = NewPerson(
        name="王建国", citizen_number=WANG, phone=PHONE, organisation_id=here, member_since=date(2010, 1, 1)
    )
    new.append(NewPerson(name="王建国", organisation_id=there, member_since=date(2010, 1, 1)))
    enrol(new, by=SYSTEM, at=NOW)
    return world


def actor(world, code: str, role: str = "office") -> Actor:
    place = world.organisation(code)
    return Actor(None, None, "", (GrantedRole(role, place.pk, place.path),))


def names(world, typed: str, code: str = "R", **more) -> list[str]:
    return [f.name for f in find_persons(actor(world, code), read_question(typed), day=DAY, **more).found]


@pytest.mark.parametrize(
    ("typed", "asked", "text"),
    [
        ("  ", Asked.NOTHING, ""),
        ("王 建国", Asked.NAME, "王建国"),
        ("ZHANG wei", Asked.LETTERS, "zhangwei"),
        ("xi'an", Asked.LETTERS, "xian"),
        ("123x", Asked.LAST_FOUR, "123X"),
        ("１２３４", Asked.LAST_FOUR, "1234"),
        ("138 0943 1234", Asked.PHONE, PHONE),
        ("+86-13809431234", Asked.PHONE, PHONE),
        (WANG, Asked.CITIZEN_NUMBER, WANG),
        (WANG[:6] + WANG[8:17], Asked.CITIZEN_NUMBER, WANG),
        ("620402199901010000", Asked.CITIZEN_NUMBER, "620402199901010000"),
        ("620402", Asked.CODE, "620402"),
        ("T11a", Asked.CODE, "T11a"),
    ],
)
def test_what_is_typed_is_understood(typed, asked, text):
    assert read_question(typed) == Question(asked, text)


def test_two_words_ask_for_a_name_in_a_branch():
    assert read_question("王建国 前进村") == Question(Asked.NAME, "王建国", "前进村")


@given(st.text(max_size=80))
def test_nothing_that_is_typed_breaks_it(typed):
    assert read_question(typed).asked in Asked


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("王建", ["王建华", "王建国", "王建国"]),
        ("建国", ["欧阳建国", "王建国", "王建国"]),
        ("文", ["文建", "单文"]),
        ("wangjianguo", ["王建国", "王建国"]),
        ("ouyang", ["欧阳建国"]),
        ("shanwen", ["单文"]),
        ("oyjg", ["欧阳建国"]),
        ("wj", ["文建", "王建国", "王建国", "王建华"]),
        ("alim", ["Alim·买买提"]),
        ("Alim·买买提", ["Alim·买买提"]),
        (PHONE, ["王建国"]),
        (WANG, ["王建国"]),
        (WANG[-4:], ["王建国"]),
        (PHONE[-4:], ["王建国"]),
        ("没有这个人", []),
        ("100%", []),
        ("_", []),
    ],
)
def test_persons_are_found(people, typed, found):
    assert sorted(names(people, typed)) == sorted(found)


def test_what_begins_with_the_text_comes_before_what_holds_it(people):
    assert names(people, "文") == ["文建", "单文"]


def test_a_branch_narrows_a_name_down(people):
    assert len(names(people, "王建国")) == 2
    found = find_persons(actor(people, "R"), read_question("王建国 21a村"), day=DAY).found
    assert [f.organisation_code for f in found] == ["T21a"]


@pytest.mark.parametrize(("code", "number"), [("R", 2), ("C1", 1), ("T11", 1), ("T11a", 1), ("T11b", 0), ("C2", 1)])
@pytest.mark.parametrize("typed", ["王建国", "建国", "wangjianguo", "wjg"])
def test_only_the_scope_is_searched(people, code, number, typed):
    found = [name for name in names(people, typed, code) if name == "王建国"]
    assert len(found) == number


@pytest.mark.parametrize("typed", [PHONE, WANG, WANG[-4:]])
def test_numbers_are_searched_within_the_scope_only(people, typed):
    assert names(people, typed, "C1") == ["王建国"]
    assert names(people, typed, "C2") == []


def test_a_role_that_sees_no_people_finds_none(people):
    assert find_persons(actor(people, "R", "leader"), read_question("王"), day=DAY).found == []
    assert find_organisations(actor(people, "R", "leader"), read_question("县委")) == []


def test_several_grants_are_searched_together(people):
    places = [people.organisation(code) for code in ("T11a", "C2")]
    both = Actor(None, None, "", tuple(GrantedRole("office", p.pk, p.path) for p in places))
    assert len(find_persons(both, read_question("王建国"), day=DAY).found) == 2


def test_who_has_left_is_not_found(people):
    Membership.objects.filter(person__name="王建华").update(until=DAY)
    assert names(people, "王建华") == []


def test_a_merged_record_is_not_found_twice(people):
    first, second = (f.person_id for f in find_persons(actor(people, "R"), read_question("王建国"), day=DAY).found)
    PersonAlias.objects.create(alias_id=second, person_id=first, merged_at=NOW)
    assert len(names(people, "王建国")) == 1


@pytest.mark.parametrize("typed", ["张", "zhang", "z", "文", "王建国"])
@pytest.mark.parametrize("code", ["R", "T11a"])
def test_pages_together_are_the_whole_without_doubles(people, typed, code):
    who, question = actor(people, code), read_question(typed)
    whole = [f.person_id for f in find_persons(who, question, day=DAY, size=1000).found]
    paged, cursor = [], ""
    while True:
        page = find_persons(who, question, day=DAY, cursor=cursor, size=2)
        assert len(page.found) <= 2
        paged += [f.person_id for f in page.found]
        cursor = page.cursor
        if not cursor:
            break
    assert paged == whole
    assert len(set(whole)) == len(whole)


@pytest.mark.parametrize("cursor", ["x", "====", "W10", "WzksICJhIiwgMV0", "é", "WzAsIDEsICJhIl0", "bnVsbA"])
def test_a_cursor_that_cannot_be_read_begins_anew(people, cursor):
    assert names(people, "王建国", cursor=cursor) == ["王建国", "王建国"]


def test_organisations_are_found_by_name_and_code(people):
    codes = lambda typed, code="R": [o.code for o in find_organisations(actor(people, code), read_question(typed))]  # noqa: E731
    assert codes("11a村") == ["T11a"]
    assert codes("T11") == ["T11", "T11a", "T11b"]
    assert codes("21a村", "C1") == []
    assert codes("138 0943 1234") == []

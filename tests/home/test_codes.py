"""One-time codes: given out within scope, used once, guessed in vain; sign-in by phone and citizen number."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from peixun.kernel import citizen_number
from peixun.people.models import Account, AuditEntry, OneTimeCode
from peixun.people.operations.codes import BeyondReach, issue_codes, redeem_code
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.queries.codes import MOST_TRIES
from peixun.people.queries.scope import OutOfScope, actor_of, system_actor
from tests.factories.world import NOW, account
from tests.home.conftest import signed_in

pytestmark = pytest.mark.django_db
DAY = date(2018, 6, 30)
PASSWORD = "山清水秀2018年"
DOOR = "/sign-in/code/"
NUMBER = citizen_number.make(region="620402", birth=date(1960, 5, 1), sequence=12)
PHONE = "13900001234"


@pytest.fixture
def secretary(city):
    return actor_of(Account.objects.get(login="branch"), day=DAY)


def issue(world, by, *indexes, at=NOW):
    return issue_codes([world.persons[i] for i in indexes], by=by, at=at, day=DAY)


def redeem(who, code, *, password=PASSWORD, at=NOW):
    return redeem_code(who, code, password, at=at, day=DAY)


def test_a_code_makes_an_account_and_sets_its_password_once(city, secretary):
    [slip] = issue(city, secretary, 2)
    made = Account.objects.get(person=city.persons[2])
    assert not made.has_usable_password()
    assert re.fullmatch(r"\d{4} \d{4}", slip.spoken)
    done = redeem(slip.login, slip.spoken)
    assert done is not None
    made.refresh_from_db()
    assert made.check_password(PASSWORD)
    assert redeem(slip.login, slip.spoken, password="另一个长长的密码") is None
    made.refresh_from_db()
    assert made.check_password(PASSWORD)


def test_the_code_itself_is_kept_nowhere(city, secretary):
    [slip] = issue(city, secretary, 2)
    kept = OneTimeCode.objects.get()
    assert slip.code.encode() not in bytes(kept.digest)
    assert all(slip.code not in str(e.detail) for e in AuditEntry.objects.all())
    assert AuditEntry.objects.filter(action="issue_code", account=secretary.account_id).count() == 1


def test_a_name_is_enough_and_a_new_code_ends_the_old_one(city, secretary):
    [old] = issue(city, secretary, 2)
    [new] = issue(city, secretary, 2)
    assert redeem(city.person(2).name, old.code) is None
    assert redeem(city.person(2).name, new.code) is not None


def test_an_expired_code_is_none(city, secretary):
    [slip] = issue(city, secretary, 2)
    assert redeem(slip.login, slip.code, at=NOW + timedelta(days=7, seconds=1)) is None


def test_a_guessed_code_ends_after_a_few_tries(city, secretary):
    [slip] = issue(city, secretary, 2)
    wrong = f"{(int(slip.code) + 1) % 10**8:08d}"
    for _ in range(MOST_TRIES):
        assert redeem(slip.login, wrong) is None
    assert redeem(slip.login, slip.code) is None
    assert AuditEntry.objects.filter(action="end_code").count() == 1


def test_a_weak_password_is_refused_and_the_code_stays_good(city, secretary):
    [slip] = issue(city, secretary, 2)
    for weak in ("1234567", "12345678", "19700101"):  # too short, too common, one's own birthday
        with pytest.raises(ValidationError):
            redeem(slip.login, slip.code, password=weak)
    assert redeem(slip.login, slip.code) is not None


def test_nobody_gives_codes_outside_their_scope_or_to_whoever_holds_more(city, secretary):
    with pytest.raises(OutOfScope):
        issue(city, secretary, len(city.persons) - 1)
    Account.objects.filter(login="office").update(person=city.persons[3])
    with pytest.raises(BeyondReach) as caught:
        issue(city, secretary, 2, 3)
    assert caught.value.names == [city.person(3).name]
    with pytest.raises(BeyondReach):
        issue(city, secretary, 0)  # one's own account
    assert not OneTimeCode.objects.exists()


def test_a_code_dies_when_its_account_is_given_more_than_the_issuer_holds(city, secretary):
    [slip] = issue(city, secretary, 2)
    made = Account.objects.get(person=city.persons[2])
    made.grants.create(role="office", organisation=city.organisation("C1"), since=date(2018, 1, 1))
    assert redeem(slip.login, slip.code) is None


def test_slips_are_made_shown_once_and_used_at_the_door(city, as_role):
    page = as_role("branch").get("/branch/T11a/codes/")
    assert city.person(2).name in page.content.decode()
    slips = as_role("branch").post("/branch/T11a/codes/", {"person": [city.persons[2]]})
    text = slips.content.decode()
    code = re.search(r"\b\d{4} \d{4}\b", text)[0]
    assert "no-store" in slips["Cache-Control"]
    data = {"who": city.person(2).name, "code": code, "new_password1": PASSWORD, "new_password2": PASSWORD}
    client = Client()
    mixed = client.post(DOOR, {**data, "new_password2": "不一样的密码呀呀"})
    assert "两遍写的密码不一样" in mixed.content.decode()
    answer = client.post(DOOR, data)
    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/me/").status_code == 200
    again = Client().post(DOOR, data)
    assert again.status_code == 200
    assert "登录码不对" in again.content.decode()


def test_a_new_password_ends_the_sessions_that_were_open(city, secretary):
    office = actor_of(Account.objects.get(login="office"), day=DAY)
    browser = signed_in(Account.objects.get(login="member"))
    assert browser.get("/me/").status_code == 200
    [slip] = issue(city, office, 1, at=datetime.now(UTC))
    assert redeem("member", slip.code, at=datetime.now(UTC)) is not None
    assert browser.get("/me/").status_code == 302


def test_guessing_at_the_door_is_throttled(city, settings):
    client = Client()
    data = {"who": "张三", "code": "1234 5678", "new_password1": PASSWORD, "new_password2": PASSWORD}
    statuses = [client.post(DOOR, data).status_code for _ in range(settings.AXES_FAILURE_LIMIT + 1)]
    assert statuses[-1] == 429


@pytest.fixture
def numbered(city):
    """A member with a phone and a citizen number, who has an account."""
    [person] = enrol(
        [
            NewPerson(
                name="李有号",
                organisation_id=city.organisations["T11a"],
                member_since=date(2010, 1, 1),
                citizen_number=NUMBER,
                phone=PHONE,
            )
        ],
        by=system_actor(),
        at=NOW,
    )
    made = account("li00001")
    Account.objects.filter(pk=made.pk).update(person=person)
    return made


@pytest.mark.parametrize("typed", [PHONE, NUMBER, "139 0000 1234", "li00001"])
def test_phone_and_citizen_number_sign_in_as_the_login_does(numbered, typed):
    client = Client()
    answer = client.post("/sign-in/", {"username": typed, "password": "li00001"})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(numbered.pk)


def test_a_shared_phone_signs_nobody_in(city, numbered):
    enrol(
        [
            NewPerson(
                name="王同号", organisation_id=city.organisations["T11a"], member_since=date(2010, 1, 1), phone=PHONE
            )
        ],
        by=system_actor(),
        at=NOW,
    )
    answer = Client().post("/sign-in/", {"username": PHONE, "password": "li00001"})
    assert answer.status_code == 200
    assert "账号或密码不对" in answer.content.decode()


def test_an_unknown_number_is_answered_as_a_wrong_password(numbered):
    unknown = Client().post("/sign-in/", {"username": "13800009999", "password": "li00001"})
    wrong = Client().post("/sign-in/", {"username": PHONE, "password": "wrong"})
    assert unknown.status_code == wrong.status_code == 200
    assert "账号或密码不对" in unknown.content.decode()
    assert "账号或密码不对" in wrong.content.decode()

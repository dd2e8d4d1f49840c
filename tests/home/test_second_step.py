"""The second step at the door: set up, asked for, lost; and the sessions that an account has."""

import time
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.test import Client

from peixun.home.sessions import BEGAN, device_words
from peixun.people.models import Account, AuditEntry, SecondFactor, SignedIn, SpareCode
from peixun.people.operations import factors
from peixun.people.operations.sessions import forget_sessions
from peixun.people.queries.scope import OutOfScope, actor_of
from tests.factories.world import NOW, account
from tests.people.test_codes import DAY

AT = datetime(2018, 6, 30, 4, 0, 10, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(moment: datetime, secret: str = SECRET) -> str:
    return pyotp.TOTP(secret).at(moment)


def with_app(who: Account, at: datetime = AT) -> factors.Added:
    actor = actor_of(who, day=DAY)
    return factors.add_app(who, secret=SECRET, code=code_at(at), label="手机", by=actor, at=at)


@pytest.fixture
def wang(db) -> Account:
    return account("wang")


def sign_in(client: Client, login: str = "wang") -> str:
    return client.post("/sign-in/", {"username": login, "password": login}).url


def test_a_code_of_the_app_is_good_once_and_for_a_minute_and_a_half(wang):
    with_app(wang)
    assert not factors.take_code(wang, code_at(AT), at=AT)  # it proved the app already
    later = AT + timedelta(minutes=5)
    assert factors.take_code(wang, code_at(later - timedelta(seconds=30)), at=later)
    assert factors.take_code(wang, f" {code_at(later)[:3]} {code_at(later)[3:]} ", at=later)
    assert not factors.take_code(wang, code_at(later), at=later)
    assert not factors.take_code(wang, code_at(later - timedelta(seconds=90)), at=later)
    assert not factors.take_code(wang, "", at=later)


def test_the_secret_is_encrypted_and_the_spare_codes_are_kept_as_hashes(wang):
    added = with_app(wang)
    row = SecondFactor.objects.get()
    assert SECRET.encode() not in bytes(row.secret)
    assert len(added.spare_codes) == 8
    digests = b"".join(bytes(spare.digest) for spare in SpareCode.objects.all())
    assert all(code.encode() not in digests for code in added.spare_codes)
    said = str(list(AuditEntry.objects.values_list("detail", flat=True)))
    assert SECRET not in said
    assert not any(code in said for code in added.spare_codes)


def test_a_spare_code_is_good_once(wang):
    first, second = with_app(wang).spare_codes[:2]
    assert factors.take_code(wang, first.upper(), at=AT)
    assert not factors.take_code(wang, first, at=AT)
    assert factors.take_code(wang, second, at=AT)
    assert AuditEntry.objects.filter(action="use_spare_code").count() == 2


def test_a_wrong_code_adds_nothing(wang):
    with pytest.raises(factors.FactorRefused, match="动态码不对"):
        factors.add_app(wang, secret=SECRET, code="000000", label="", by=actor_of(wang, day=DAY), at=AT)
    assert not SecondFactor.objects.exists()


def test_nobody_adds_or_removes_a_factor_of_somebody_else(wang):
    li = account("li")
    with pytest.raises(OutOfScope):
        factors.add_app(wang, secret=SECRET, code=code_at(AT), label="", by=actor_of(li, day=DAY), at=AT)
    added = with_app(wang)
    with pytest.raises(OutOfScope):
        factors.remove_factor(added.factor, required=False, by=actor_of(li, day=DAY), at=AT)


def test_whoever_sees_much_keeps_one_factor(world):
    wide = account("wide", role="office", organisation=world.organisation("C1"))
    added = with_app(wide)
    with pytest.raises(factors.FactorRefused, match="必须保留"):
        factors.remove_factor(added.factor, required=True, by=actor_of(wide, day=DAY), at=AT)
    narrow = account("narrow", role="office", organisation=world.organisation("T11"))
    factors.remove_factor(with_app(narrow).factor, required=True, by=actor_of(narrow, day=DAY), at=AT)
    assert not SpareCode.objects.filter(account=narrow).exists()


def test_signing_in_asks_for_the_second_step(client, wang):
    with_app(wang)
    assert sign_in(client) == "/sign-in/second-step/"
    assert "_auth_user_id" not in client.session
    assert client.get("/me/account/").status_code == 302  # not in yet
    wrong = client.post("/sign-in/second-step/", {"code": "123"})
    assert wrong.status_code == 422
    assert "没有通过" in wrong.content.decode()
    right = client.post("/sign-in/second-step/", {"code": pyotp.TOTP(SECRET).now()})
    assert (right.status_code, right.url) == (302, "/")
    assert client.session["_auth_user_id"] == str(wang.pk)


def test_the_second_step_is_not_reached_without_the_first(client, wang):
    with_app(wang)
    assert client.post("/sign-in/second-step/", {"code": pyotp.TOTP(SECRET).now()}).url == "/sign-in/"


def test_waiting_too_long_begins_again(client, wang):
    with_app(wang)
    sign_in(client)
    session = client.session
    session["waits_for_second_step"] = [wang.pk, "password", "", time.time() - 3600]
    session.save()
    assert client.post("/sign-in/second-step/", {"code": pyotp.TOTP(SECRET).now()}).url == "/sign-in/"


def test_guessing_the_second_step_is_throttled(client, wang, settings):
    with_app(wang)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in(client)
        answer = client.post("/sign-in/second-step/", {"code": "1"})
    assert answer.status_code == 429
    sign_in(client)
    assert client.post("/sign-in/second-step/", {"code": pyotp.TOTP(SECRET).now()}).status_code == 429


def test_an_account_that_sees_a_county_is_led_to_setting_it_up(client, world, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    account("wide", role="office", organisation=world.organisation("C1"))
    sign_in(client, "wide")
    assert client.get("/search/").url == "/me/second-step/"
    page = client.get("/me/second-step/").content.decode()
    assert "请先设置一种第二步验证" in page
    client.get("/me/second-step/app/")
    secret = client.session["new_app_secret"]
    shown = client.post("/me/second-step/app/", {"code": pyotp.TOTP(secret).now()})
    assert "备用码" in shown.content.decode()
    assert client.get("/search/").status_code == 200
    again = Client()
    assert sign_in(again, "wide") == "/sign-in/second-step/"


def test_a_township_and_the_demo_are_not_led_there(client, world, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    account("narrow", role="office", organisation=world.organisation("T11"))
    sign_in(client, "narrow")
    assert client.get("/search/").status_code == 200
    settings.SECOND_FACTOR_REQUIRED = False
    account("wide", role="office", organisation=world.organisation("C1"))
    other = Client()
    sign_in(other, "wide")
    assert other.get("/search/").status_code == 200


def test_changing_factors_asks_for_the_password_after_a_while(client, wang):
    sign_in(client)
    assert client.get("/me/second-step/app/").status_code == 200
    session = client.session
    session[BEGAN] = time.time() - 3600
    session.save()
    assert client.get("/me/second-step/app/").url == "/me/second-step/confirm/"
    assert client.post("/me/second-step/confirm/", {"password": "no"}).status_code == 422
    assert client.post("/me/second-step/confirm/", {"password": "wang"}).url == "/me/second-step/"
    assert client.get("/me/second-step/app/").status_code == 200


def test_who_lost_everything_is_reset_by_whoever_manages_the_account(world):
    wide = account("wide", role="office", organisation=world.organisation("C1"))
    with_app(wide)
    for role, code in (("office", "R"), ("administrator", "C2")):
        other = account(f"{role}-{code}", role=role, organisation=world.organisation(code))
        with pytest.raises(OutOfScope):
            factors.reset_factors(wide, by=actor_of(other, day=DAY), at=NOW, day=DAY)
    manager = account("manager", role="administrator", organisation=world.root)
    factors.reset_factors(wide, by=actor_of(manager, day=DAY), at=NOW, day=DAY)
    assert not SecondFactor.objects.exists()
    with pytest.raises(OutOfScope):
        factors.reset_factors(manager, by=actor_of(manager, day=DAY), at=NOW, day=DAY)


def test_sessions_are_listed_and_ended(wang):
    phone, desk = Client(HTTP_USER_AGENT="Mozilla/5.0 (iPhone) MicroMessenger/8"), Client()
    sign_in(phone)
    sign_in(desk)
    assert "微信 · iPhone" in desk.get("/me/devices/").content.decode()
    row = SignedIn.objects.get(session_key=phone.session.session_key)
    desk.post("/me/devices/end/", {"device": row.pk})
    assert phone.get("/me/account/").status_code == 302
    assert desk.get("/me/account/").status_code == 200
    third = Client()
    sign_in(third)
    desk.post("/me/devices/end/")
    assert third.get("/me/account/").status_code == 302
    assert [r.session_key for r in SignedIn.objects.all()] == [desk.session.session_key]


def test_nobody_ends_somebody_elses_session(client, wang):
    account("li")
    other = Client()
    sign_in(other, "li")
    sign_in(client)
    row = SignedIn.objects.get(session_key=other.session.session_key)
    assert client.post("/me/devices/end/", {"device": row.pk}).status_code == 404
    assert other.get("/me/account/").status_code == 200


def test_signing_out_ends_the_session_for_whoever_copied_it(client, wang):
    sign_in(client)
    copied = Client()
    copied.cookies["sessionid"] = client.cookies["sessionid"].value
    assert copied.get("/me/account/").status_code == 200
    client.post("/sign-out/")
    assert copied.get("/me/account/").status_code == 302
    assert not SignedIn.objects.exists()


def test_sessions_that_ran_out_are_forgotten(client, wang):
    sign_in(client)
    assert forget_sessions(at=datetime.now(UTC)) == 0
    assert forget_sessions(at=datetime.now(UTC) + timedelta(days=30)) == 1
    assert not SignedIn.objects.exists()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit Chrome/120 Safari/537 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 13) Chrome/110 Mobile Safari/537", "Chrome · Android"),
        ("curl/8", ""),
    ],
)
def test_devices_in_words(agent, words):
    assert device_words(agent) == words


def test_a_code_typed_in_full_width_is_the_same_code_and_other_signs_are_refused(client, wang):
    with_app(wang)
    later = AT + timedelta(minutes=5)
    wide = code_at(later).translate({ord("0") + i: 0xFF10 + i for i in range(10)})
    assert factors.take_code(wang, wide, at=later)
    assert not factors.take_code(wang, "一二三四五六", at=later)
    assert not factors.take_code(wang, "٠١٢٣٤٥", at=later)
    sign_in(client)
    assert client.post("/sign-in/second-step/", {"code": "١٢٣٤٥٦"}).status_code == 422
    with pytest.raises(factors.FactorRefused, match="动态码不对"):
        factors.add_app(wang, secret=SECRET, code="六位数", label="", by=actor_of(wang, day=DAY), at=later)


def test_a_device_that_changed_the_password_can_still_be_signed_out_from_another(client, wang):
    sign_in(client)
    fields = {"old_password": "wang", "new_password1": "清晨的稻田很安静", "new_password2": "清晨的稻田很安静"}
    assert client.post("/me/password/", fields).status_code == 302
    assert "这台设备" in client.get("/me/devices/").content.decode()
    other = Client()
    other.post("/sign-in/", {"username": "wang", "password": "清晨的稻田很安静"})
    other.post("/me/devices/end/", {"device": "others"})
    assert client.get("/me/account/").status_code == 302

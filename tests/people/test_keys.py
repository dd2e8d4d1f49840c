"""Keys changed: everything opens and is found under the new ones, nothing is lost on the way."""

import base64
import os
import time
from datetime import UTC, date, datetime
from io import StringIO

import orjson
import pytest
from django.core.management import call_command

from peixun.kernel import periodic
from peixun.people.commands import Refused
from peixun.people.models import AuditEntry, FactorKind, Identity, SecondFactor
from peixun.people.operations.codes import issue_codes, redeem_code
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.operations.factors import renew_spare_codes, take_code
from peixun.people.operations.keys import KeysRefused, rotate_data_keys, rotate_lookups
from peixun.people.operations.tokens import issue_token
from peixun.people.queries.keys import keys_state
from peixun.people.queries.numbers import secrets_of
from peixun.people.queries.scope import Actor, OutOfScope, actor_of, system_actor
from peixun.people.queries.search import find_persons, read_question
from peixun.people.queries.tokens import find_bearer
from peixun.people.sealed_box import new_boxes, open_box
from tests.factories.world import NOW, SYSTEM, account, build_world

pytestmark = pytest.mark.django_db
DAY = date(2018, 6, 30)
NUMBER = "110101199001010015"


def new_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


@pytest.fixture
def city():
    return build_world()


@pytest.fixture
def wang(city):
    person = NewPerson(
        "王小明",
        citizen_number=NUMBER,
        phone="13912345678",
        address="东街1号",
        organisation_id=city.organisations["T11a"],
        member_since=date(2015, 1, 1),
    )
    return enrol([person], by=SYSTEM, at=NOW)[0]


@pytest.fixture
def factor(city):
    box = next(new_boxes())
    return SecondFactor.objects.create(
        account=account("wang"),
        kind=FactorKind.APP,
        label="手机",
        salt=box.salt,
        key_number=box.key_number,
        secret=box.close("SECRET"),
        added_at=NOW,
    )


def status(*words: str) -> tuple[int, dict]:
    out = StringIO()
    try:
        call_command("keys", *words, "--format", "json", stdout=out, stderr=StringIO())
    except SystemExit as leaving:
        return int(leaving.code), orjson.loads(out.getvalue())
    return 0, orjson.loads(out.getvalue())


def test_everything_goes_under_the_newest_key_and_the_old_one_may_be_dropped(wang, factor, settings):
    old = settings.DATA_KEYS[0]
    salt = bytes(Identity.objects.get(pk=wang).salt)
    settings.DATA_KEYS = [new_key(), old]
    code, before = status("status")
    assert (code, before["to_rotate"], before["unreadable"]) == (1, Identity.objects.count() + 1, 0)
    code, after = status("rotate")
    assert (code, after["to_rotate"], len(after["droppable"])) == (0, 0, 1)
    settings.DATA_KEYS = settings.DATA_KEYS[:1]
    row = Identity.objects.get(pk=wang)
    assert bytes(row.salt) != salt
    assert secrets_of(row) == (NUMBER, "13912345678", "", "东街1号")
    factor.refresh_from_db()
    assert open_box(bytes(factor.salt), factor.key_number).open(bytes(factor.secret)) == "SECRET"
    assert find_persons(SYSTEM, read_question(NUMBER), day=DAY).found[0].person_id == wang
    entry = AuditEntry.objects.get(action="rotate")
    assert entry.detail["count"] == Identity.objects.count() + 1
    assert status("rotate")[0] == 0  # again: nothing to do, nothing more in the trail
    assert AuditEntry.objects.filter(action="rotate").count() == 1


def test_a_rotation_that_broke_off_goes_on_where_it_stopped(wang, settings, monkeypatch):
    settings.DATA_KEYS = [new_key(), *settings.DATA_KEYS]
    monkeypatch.setattr("peixun.people.operations.keys.AT_ONCE", 10)

    def stop(_count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate_data_keys(by=SYSTEM, at=NOW, progress=stop)
    assert keys_state().to_rotate == Identity.objects.count() - 10
    assert rotate_data_keys(by=SYSTEM, at=NOW).identities == Identity.objects.count() - 10


def test_what_no_key_opens_is_left_and_counted(wang, settings):
    settings.DATA_KEYS = [new_key()]
    done = rotate_data_keys(by=SYSTEM, at=NOW)
    assert (done.identities, done.unreadable) == (0, Identity.objects.count())
    assert status("status")[0] == 1
    with pytest.raises(KeysRefused):
        rotate_lookups(by=SYSTEM, at=NOW)


def test_numbers_are_found_under_a_new_lookup_key(wang, settings):
    settings.LOOKUP_KEY, before = "another key", settings.LOOKUP_KEY
    assert not find_persons(SYSTEM, read_question(NUMBER), day=DAY).found
    assert status("status")[1]["unfindable"] == 1
    code, after = status("rotate-lookups")
    assert (code, after["unfindable"]) == (0, 0)
    assert find_persons(SYSTEM, read_question(NUMBER), day=DAY).found[0].person_id == wang
    assert AuditEntry.objects.get(action="rotate_lookups").detail == {"count": 1}
    settings.LOOKUP_KEY = before
    assert not find_persons(SYSTEM, read_question(NUMBER), day=DAY).found


def test_lookups_are_not_changed_while_the_system_runs(wang, settings):
    settings.LOOKUP_KEY = "another key"
    periodic.beat()
    try:
        with pytest.raises(Refused, match="系统正在运行"):
            call_command("keys", "rotate-lookups")
    finally:
        os.utime(periodic.heartbeat_file(), (time.time() - 3600,) * 2)
    assert keys_state().unfindable == 1


def test_tokens_and_codes_of_before_stay_good_as_long_as_the_old_key_is_listed(city, settings):
    who = account("wang", role="office", organisation=city.organisation("T11"))
    own = actor_of(who, day=DAY)
    token = issue_token(who, days=30, by=own, at=NOW).text
    spare = renew_spare_codes(who, by=own, at=NOW)
    [slip] = issue_codes([city.persons[1]], by=own, at=NOW, day=DAY)
    settings.OLD_LOOKUP_KEYS, settings.LOOKUP_KEY = [settings.LOOKUP_KEY], "another key"
    assert find_bearer(token, day=DAY, now=NOW) is not None
    assert take_code(who, spare[0], at=NOW)
    assert redeem_code(slip.login, slip.code, "a-long-password", at=NOW, day=DAY) is not None
    settings.OLD_LOOKUP_KEYS = []
    assert find_bearer(token, day=DAY, now=NOW) is None
    assert not take_code(who, spare[1], at=NOW)


def test_the_system_alone_changes_keys(city):
    somebody = Actor(account_id=1, person_id=None, system_user="", grants=())
    for change in (rotate_data_keys, rotate_lookups):
        with pytest.raises(OutOfScope):
            change(by=somebody, at=datetime.now(UTC))
    with pytest.raises(Refused, match="系统身份"):
        call_command("keys", "status", "--as", "city")
    assert system_actor().is_system

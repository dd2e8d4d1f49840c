"""Pages: the list, a message, preferences, calendars, slips."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from peixun.kernel.clock import ZONE
from peixun.notices.models import Feed, Message, Preference
from peixun.notices.operations import NewMessage, send
from peixun.notices.queries.calendar import calendar_file
from peixun.people.models import AuditEntry
from peixun.people.queries.scope import system_actor
from tests.factories.world import account
from tests.notices.conftest import actor, signed_in

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC).replace(microsecond=0)
START = datetime(2018, 7, 2, 9, 0, tzinfo=ZONE)
LONG = "学习贯彻党的十九大精神，提高农村党员带头致富、带领群众共同致富的能力；请互相转告"


def invite(*account_ids, kind="invited", key="k", what="党课", **more):
    new = NewMessage(kind, key, {"what": what}, account_ids=tuple(account_ids), **more)
    return send([new], by=system_actor(), at=NOW)


def text(answer):
    return answer.content.decode()


@pytest.fixture
def me(world):
    made = account("me")
    invite(made.pk, starts_at=START, ends_at=START + timedelta(hours=2), place="镇党校, 一楼; 东", what=LONG)
    return made


def test_the_bell_counts_and_opening_a_message_reads_it(me):
    client = signed_in("me")
    assert 'aria-label="消息，1 条未读"' in text(client.get("/messages/"))
    message = Message.objects.get()
    page = text(client.get(f"/messages/{message.pk}/"))
    assert LONG in page
    assert "镇党校" in page
    message.refresh_from_db()
    assert message.read_at is not None
    assert 'aria-label="消息"' in text(client.get("/messages/"))


def test_looking_ahead_does_not_read(me):
    signed_in("me").head(f"/messages/{Message.objects.get().pk}/")
    assert Message.objects.get().read_at is None


def test_all_are_marked_as_read_at_once(me):
    invite(me.pk, key="b")
    client = signed_in("me")
    client.post("/messages/read/", {"up_to": "nothing"})
    assert Message.objects.filter(read_at=None).count() == 2
    client.post("/messages/read/", {"up_to": str(Message.objects.latest("pk").pk)})
    assert Message.objects.filter(read_at=None).count() == 0


def test_somebody_elses_message_is_not_there(me):
    account("other")
    client, pk = signed_in("other"), Message.objects.get().pk
    for answer in (client.get(f"/messages/{pk}/"), client.get(f"/messages/{pk}/event.ics")):
        assert answer.status_code == 404
    assert client.post(f"/messages/{pk}/read/").status_code == 404
    assert Message.objects.get().read_at is None


def test_preferences_are_kept_and_bad_ones_refused_in_plain_words(me):
    client = signed_in("me")
    good = {"quiet_from": "20:30", "quiet_until": "07:00", "language": "en", "weekday": "3", "muted": ["invited"]}
    assert client.post("/messages/preferences/", good).status_code == 302
    kept = Preference.objects.get(account=me)
    assert (kept.quiet_from.hour, kept.language, kept.weekday, kept.muted) == (20, "en", 3, ["invited"])
    assert 'value="20:30"' in text(client.get("/messages/preferences/"))
    refused = client.post("/messages/preferences/", good | {"quiet_from": "晚上", "weekday": "9"})
    assert refused.status_code == 422
    assert "请填写时和分" in text(refused)
    assert Preference.objects.get(account=me).weekday == 3


def test_the_calendar_file_folds_escapes_and_knows_the_zone(me):
    raw = calendar_file([Message.objects.get()])
    lines = raw.split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert "LOCATION:镇党校\\, 一楼\\; 东".encode() in raw
    assert b"DTSTART;TZID=Asia/Shanghai:20180702T090000" in raw
    calendar = Calendar.from_ical(raw)
    [event] = calendar.walk("VEVENT")
    assert str(event["SUMMARY"]) == f"请参加{LONG}"
    assert event["DTSTART"].dt == START
    [zone] = calendar.walk("VTIMEZONE")
    assert str(zone["TZID"]) == "Asia/Shanghai"
    [standard] = zone.subcomponents  # no summer time is left over from 1991
    assert standard["TZOFFSETTO"].td == timedelta(hours=8)


def test_a_calendar_is_subscribed_by_a_secret_address_that_can_be_renewed_and_ended(me):
    Message.objects.update(starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    other = account("other")
    invite(other.pk, what="别人的事", starts_at=NOW, ends_at=NOW + timedelta(hours=1))
    client = signed_in("me")

    def renew():
        page = text(client.post("/messages/calendar/"))
        start = page.index("/messages/calendar/", page.index('id="address"'))
        return page[start : page.index('"', start)]

    first = renew()
    assert first.split("/")[-1].removesuffix(".ics") not in Feed.objects.get().digest
    answer = Client().get(first)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(Calendar.from_ical(answer.content).walk("VEVENT")) == 1
    assert "别人的事" not in text(answer)
    second = renew()
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    client.post("/messages/calendar/", {"verb": "stop"})
    assert Client().get(second).status_code == 404
    actions = AuditEntry.objects.filter(subject="calendar").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["renew", "renew", "end"]


def test_the_calendar_of_a_stopped_account_is_gone(me):
    page = text(signed_in("me").post("/messages/calendar/"))
    start = page.index("/messages/calendar/", page.index('id="address"'))
    address = page[start : page.index('"', start)]
    me.is_active = False
    me.save()
    assert Client().get(address).status_code == 404


def test_slips_are_printed_for_the_branch_and_nothing_private(world):
    actor(world, "T11a")
    member, far = account("m", person=world.person(1)), account("far", person=world.person(4))
    invite(member.pk, far.pk)
    invite(member.pk, key="p", kind="private", what="私事")
    client = signed_in("secretary-T11a")
    page = text(client.get("/messages/slips/T11a/"))
    assert world.person(1).name in page
    assert "私事" not in page
    assert world.person(4).name not in page
    own, others = Message.objects.get(account=member, key="k"), Message.objects.get(account=far)
    for ids in ([], [others.pk], [Message.objects.get(key="p").pk]):
        refused = client.post("/messages/slips/T11a/", {"message": ids})
        assert refused.status_code == 422
        assert "还没有选通知" in text(refused)
    slips = text(client.post("/messages/slips/T11a/", {"message": [own.pk]}))
    assert "带好笔记本" in slips
    entry = AuditEntry.objects.get(action="print")
    assert (entry.organisation_id, entry.detail) == (world.organisations["T11a"], {"count": 1})
    assert Message.objects.get(pk=own.pk).read_at is None
    assert client.get("/messages/slips/T12a/").status_code == 404


def test_the_own_file_holds_the_messages(world):
    member = account("m", person=world.person(1))
    invite(member.pk)
    answer = signed_in("m").post("/me/data/take/", {"format": "json"})
    held = b"".join(answer.streaming_content).decode()
    assert "请参加党课" in held
    answer = signed_in("m").post("/me/data/take/", {"format": "xlsx"})
    assert answer.status_code == 200

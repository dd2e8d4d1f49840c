"""Messages: to whom, once, muted, audited; deliveries: once in any interleaving, outside quiet hours, never lost."""

from datetime import UTC, datetime, time, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peixun.notices.models import Delivery, DeliveryState, Message, Preference
from peixun.notices.operations import Holders, NewMessage, deliver, forget_read, read, read_all, send
from peixun.notices.queries.holders import nearest_holders
from peixun.notices.queries.inbox import PAGE, inbox, unread
from peixun.notices.rules import LEASE, TRIES
from peixun.people.models import AuditEntry
from peixun.people.queries.scope import OutOfScope, Permission, system_actor
from tests.factories.world import account
from tests.notices.conftest import TODAY, actor

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()
NUMBERS = count(1)
NOON = datetime(2018, 6, 30, 4, 0, tzinfo=UTC)
NIGHT = datetime(2018, 6, 30, 15, 0, tzinfo=UTC)  # 23:00 in Beijing
MANAGE = Permission.MANAGE_PEOPLE


def message(*account_ids, key="k", **more):
    return NewMessage("invited", key, {"what": "党课"}, account_ids=tuple(account_ids), **more)


def test_nobody_is_told_the_same_twice_and_others_still_are(world):
    one, two = account("one").pk, account("two").pk
    assert send([message(one)], by=SYSTEM, at=NOON) == 1
    assert send([message(one, two), message(two)], by=SYSTEM, at=NOON + timedelta(hours=1)) == 1
    assert list(Message.objects.order_by("account").values_list("account", "key")) == [(one, "k"), (two, "k")]
    counts = [entry.detail["count"] for entry in AuditEntry.objects.filter(action="send")]
    assert sorted(counts) == [1, 1]


def test_people_with_an_account_are_reached_and_whoever_acts_is_not_told(world):
    by = actor(world, "T11a", person=world.person(0))
    other = account("m", person=world.person(1))
    stopped = account("gone", person=world.person(2))
    stopped.is_active = False
    stopped.save()
    new = message(person_ids=tuple(world.persons[:4]))
    assert send([new], by=by, at=NOON, organisation_id=world.organisations["T11a"]) == 1
    assert [m.account_id for m in Message.objects.all()] == [other.pk]
    assert AuditEntry.objects.get(action="send").organisation_id == world.organisations["T11a"]


def test_the_nearest_who_may_are_told_and_those_above_only_where_nobody_is_nearer(world):
    secretary, township = actor(world, "T11a"), actor(world, "T11", "office")
    county, auditor = actor(world, "C1", "office"), actor(world, "T12", "auditor")
    actor(world, "C2", "office")
    ids = [world.organisations[code] for code in ("T11a", "T11b", "T12a", "R")]
    found = nearest_holders(MANAGE, ids, day=TODAY)
    assert [found[pk] for pk in ids] == [{secretary.account_id}, {township.account_id}, {county.account_id}, set()]
    new = message(holders=(Holders(MANAGE, world.organisations["T12a"], TODAY),))
    assert send([new], by=SYSTEM, at=NOON) == 1
    assert not Message.objects.filter(account=auditor.account_id).exists()


def test_a_muted_kind_stands_in_the_list_as_read_and_goes_nowhere(world, phone):
    one = account("one").pk
    Preference.objects.create(account_id=one, muted=["invited"])
    send([message(one)], by=SYSTEM, at=NOON)
    assert unread(one) == 0
    assert len(inbox(one).messages) == 1
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(("kind", "link"), [("nothing", ""), ("invited", "//elsewhere/"), ("invited", "https://x/")])
def test_unknown_kinds_and_links_out_of_the_house_are_refused(kind, link):
    with pytest.raises(ValueError, match=r"kind|link"):
        NewMessage(kind, "k", link=link)


def test_thousands_are_sent_in_a_fixed_number_of_statements(world, phone, django_assert_max_num_queries):
    ids = [account(f"a{n}").pk for n in range(40)]
    with django_assert_max_num_queries(12) as few:
        send([message(ids[0])], by=SYSTEM, at=NOON)
    with django_assert_max_num_queries(len(few)):
        assert send([message(*ids, key="all")], by=SYSTEM, at=NOON) == 40
    assert Delivery.objects.count() == 41


def test_a_delivery_goes_out_once_in_its_readers_language(world, phone):
    one = account("one").pk
    Preference.objects.create(account_id=one, language="en")
    send([message(one)], by=SYSTEM, at=NOON)
    assert deliver(at=NOON) == 1
    assert deliver(at=NOON) == 0
    assert [o.title for o in phone.sent] == ["请参加党课"]
    assert Delivery.objects.get().state == DeliveryState.SENT


def test_two_workers_at_once_send_once(world, phone):
    send([message(account("one").pk)], by=SYSTEM, at=NOON)
    inner = []
    phone.before = lambda outgoing: inner.append(deliver(at=NOON)) if not inner else None
    assert deliver(at=NOON) == 1
    assert inner == [0]
    assert len(phone.sent) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    failures=st.integers(0, TRIES - 1),
    steps=st.lists(st.tuples(st.integers(0, 1500), st.booleans()), min_size=1, max_size=12),
)
def test_in_any_interleaving_with_failures_it_goes_out_once(world, phone, failures, steps):
    """Runs at any times, some with a second worker inside the first, some failing: never twice, and once in the end."""
    Message.objects.all().delete()
    phone.sent, phone.failing = [], failures
    known = account(f"x{next(NUMBERS)}").pk
    Preference.objects.create(account_id=known, quiet_from=time(0), quiet_until=time(0))
    send([message(known)], by=SYSTEM, at=NOON)
    now = NOON
    for minutes, nested in steps:
        now += timedelta(minutes=minutes)
        depth = []
        phone.before = lambda outgoing, now=now, nested=nested, depth=depth: (
            depth.append(deliver(at=now)) if nested and not depth else None
        )
        deliver(at=now)
    assert len(phone.sent) <= 1
    phone.before = lambda outgoing: None
    for _try in range(TRIES):
        now += timedelta(days=1)
        deliver(at=now)
    assert len(phone.sent) == 1


def test_quiet_hours_hold_back_until_morning(world, phone):
    send([message(account("one").pk)], by=SYSTEM, at=NIGHT)
    assert deliver(at=NIGHT) == 0
    row = Delivery.objects.get()
    assert (row.tries, row.not_before) == (0, datetime(2018, 7, 1, 0, 0, tzinfo=UTC))
    assert deliver(at=NIGHT + timedelta(hours=8)) == 0
    assert deliver(at=NIGHT + timedelta(hours=9)) == 1


def test_a_failing_channel_is_tried_again_later_and_given_up_in_the_end(world, phone):
    known = account("one").pk
    Preference.objects.create(account_id=known, quiet_from=time(0), quiet_until=time(0))
    send([message(known)], by=SYSTEM, at=NOON)
    phone.failing = 1000
    assert deliver(at=NOON) == 0
    assert Delivery.objects.get().not_before == NOON + timedelta(minutes=1)
    for day in range(1, TRIES + 3):
        deliver(at=NOON + timedelta(days=day))
    row = Delivery.objects.get()
    assert (row.state, row.tries) == (DeliveryState.FAILED, TRIES)
    assert unread(known) == 1


def test_what_a_worker_took_and_dropped_is_taken_again(world, phone):
    send([message(account("one").pk)], by=SYSTEM, at=NOON)

    def die(outgoing):
        raise KeyboardInterrupt

    phone.before = die
    with pytest.raises(KeyboardInterrupt):
        deliver(at=NOON)
    phone.before = lambda outgoing: None
    assert deliver(at=NOON + timedelta(minutes=1)) == 0
    assert deliver(at=NOON + LEASE) == 1


def test_a_broken_channel_does_not_hold_up_the_others(world, phone):
    send([message(account("one").pk, account("two").pk)], by=SYSTEM, at=NOON)

    def once(outgoing):
        phone.before = lambda outgoing: None
        raise RuntimeError("broken")

    phone.before = once
    assert deliver(at=NOON) == 1


def test_the_list_has_unread_ones_first_and_pages_without_gaps(world):
    known = account("one")
    send([message(known.pk, key=f"k{n}") for n in range(PAGE + 15)], by=SYSTEM, at=NOON)
    rows = list(Message.objects.order_by("pk"))
    Message.objects.filter(pk__in=[m.pk for m in rows[:10]]).update(read_at=NOON)
    first = inbox(known.pk)
    second = inbox(known.pk, after=first.older)
    found = [m.pk for m in [*first.messages, *second.messages]]
    assert second.older == ""
    assert found == [m.pk for m in [*reversed(rows[10:]), *reversed(rows[:10])]]
    assert [m.pk for m in inbox(known.pk, after="x9999999999999999999999").messages] == found[:PAGE]


def test_only_ones_own_are_read_and_only_what_had_come(world):
    mine, other = actor(world, "T11a"), actor(world, "T12a")
    send([message(mine.account_id, key=key) for key in ("a", "b")], by=SYSTEM, at=NOON)
    first, second = Message.objects.order_by("pk")
    with pytest.raises(OutOfScope):
        read(first, by=other, at=NOON)
    assert read_all(up_to=second.pk, by=other, at=NOON) == 0
    assert read_all(up_to=first.pk, by=mine, at=NOON) == 1
    assert unread(mine.account_id) == 1


def test_read_messages_are_forgotten_after_a_year_and_unread_ones_kept(world):
    known = account("one").pk
    send([message(known, key=key) for key in ("a", "b")], by=SYSTEM, at=NOON)
    Message.objects.filter(key="a").update(read_at=NOON)
    assert forget_read(at=NOON + timedelta(days=365)) == 0
    assert forget_read(at=NOON + timedelta(days=366)) == 1
    assert Message.objects.get().key == "b"

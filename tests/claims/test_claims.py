"""Claims from filing to the ledger: who answers, who decides, what is written, and what never is."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from peixun.claims import operations
from peixun.claims.models import Claim, ClaimState, ClaimStep
from peixun.claims.operations import AlreadyMoved, ClaimRefused, Filing, Ruling
from peixun.claims.queries import choosing, listing
from peixun.coverage.operations import rebuild, refresh
from peixun.coverage.queries.position import position
from peixun.ledger import operations as ledger
from peixun.ledger.models import Activity, CreditEntry, LateEntry
from peixun.people.models import AuditEntry
from peixun.people.queries.scope import OutOfScope, actor_of
from tests.factories.world import NOW, SYSTEM, account, activity, build_world, post

pytestmark = pytest.mark.django_db
TODAY, DAY = date(2018, 6, 30), date(2018, 6, 5)
LATE = NOW + timedelta(days=16)


@pytest.fixture
def world(db):
    return build_world(3)


@pytest.fixture
def member(world):
    return actor_of(account("member", person=world.person(1)), day=TODAY)


@pytest.fixture
def secretary(world):
    who = account("secretary", role="secretary", organisation=world.organisation("T11a"), person=world.person(0))
    return actor_of(who, day=TODAY)


@pytest.fixture
def office(world):
    return actor_of(account("office", role="office", organisation=world.organisation("T11")), day=TODAY)


def actor(world, code, role, login=""):
    return actor_of(account(login or f"{role}-{code}", role=role, organisation=world.organisation(code)), day=TODAY)


def missing(world, person=1, **more):
    fields = {"title": "七一主题党日", "activity_kind": "theme_day", "hours": Decimal(2), "happened_on": DAY, **more}
    return Filing(world.person(person), **fields)


def file(filing, by, **more):
    return operations.file(filing, today=TODAY, by=by, at=NOW, **more)


def grant(claim, by, hours=2, on=DAY, at=NOW):
    operations.grant(claim, Ruling(Decimal(hours), on), today=TODAY, by=by, at=at)


def hours_of(world, person=1):
    rows = CreditEntry.objects.filter(person=world.persons[person])
    return sum((entry.hours for entry in rows), Decimal(0))


def covered(world):
    refresh()
    return position(world.root, year=2018, as_of=TODAY).total.covered


def test_a_claim_goes_from_the_member_over_the_branch_to_the_office_and_into_the_ledger(
    world, member, secretary, office
):
    claim = file(missing(world, words="签到表上有我"), member)
    assert (claim.state, claim.branch.code, claim.decider.code) == (ClaimState.OPEN_BRANCH, "T11a", "T11")
    assert list(listing.to_answer(secretary).rows) == [claim]
    assert list(listing.to_decide(office, at=NOW).rows) == []
    operations.confirm(claim, words="那天在场", today=TODAY, by=secretary, at=NOW)
    assert list(listing.to_answer(secretary).rows) == []
    assert list(listing.to_decide(office, at=NOW).rows) == [claim]
    grant(claim, office, hours=1.5)
    claim.refresh_from_db()
    assert (claim.state, claim.decided_hours) == (ClaimState.GRANTED, Decimal("1.50"))
    entry = claim.posted
    assert (entry.hours, entry.happened_on, entry.source_kind, entry.source_ref) == (
        Decimal("1.50"),
        DAY,
        "claim",
        str(claim.pk),
    )
    assert (entry.activity.organiser.code, entry.activity.tier) == ("T11a", "grassroots")
    assert list(claim.steps.values_list("verb", flat=True)) == ["file", "confirm", "grant"]
    acts = AuditEntry.objects.filter(subject="claim", subject_id=str(claim.pk), organisation=claim.branch)
    assert set(acts.values_list("action", flat=True)) == {"file", "confirm", "grant"}


def test_a_lecture_that_was_described_is_the_committees(world, secretary, office):
    claim = file(missing(world, activity_kind="lecture", title="法律讲座", place="镇文化站"), secretary)
    grant(claim, office)
    assert (claim.posted.activity.organiser.code, claim.posted.activity.place) == ("T11", "镇文化站")


def test_one_claim_granted_moves_coverage_by_exactly_one(world, secretary, office):
    rebuild(2018)
    before = covered(world)
    grant(file(missing(world), secretary), office)
    assert covered(world) == before + 1


def test_a_secretary_files_for_a_member_and_it_goes_straight_to_the_office(world, secretary, office):
    claim = file(missing(world, person=2), secretary)
    assert (claim.state, claim.on_behalf, claim.filed_by_id) == (
        ClaimState.OPEN_OFFICE,
        True,
        secretary.account_id,
    )
    own = file(missing(world, person=0), secretary)
    assert (own.state, own.on_behalf) == (ClaimState.OPEN_OFFICE, False)


def test_an_activity_of_the_county_is_for_the_county_to_decide(world, member, secretary, office):
    lecture = Activity.objects.get(pk=activity(world, on=DAY, organiser_id=world.organisations["C1"]))
    claim = file(missing(world, activity=lecture, title=""), member)
    assert (claim.decider.code, claim.title) == ("C1", lecture.title)
    operations.confirm(claim, words="", today=TODAY, by=secretary, at=NOW)
    with pytest.raises(OutOfScope):
        grant(claim, office)
    grant(claim, actor(world, "C1", "office"))
    assert claim.posted.activity == lecture


def test_of_two_who_grant_only_the_first_succeeds_and_hours_are_written_once(world, secretary, office):
    claim = file(missing(world), secretary)
    mine, theirs = Claim.objects.get(pk=claim.pk), Claim.objects.get(pk=claim.pk)
    grant(mine, office)
    with pytest.raises(AlreadyMoved, match="已由他人办理"):
        grant(theirs, actor(world, "C1", "office"))
    with pytest.raises(AlreadyMoved):
        grant(Claim.objects.get(pk=claim.pk), office)
    assert hours_of(world) == 2
    assert ClaimStep.objects.filter(claim=claim, verb="grant").count() == 1


def test_nobody_decides_their_own_claim_or_one_that_they_have_handled(world, secretary, office):
    both = actor_of(
        account("both", role="office", organisation=world.organisation("T11"), person=world.person(2)), day=TODAY
    )
    with pytest.raises(ClaimRefused, match="本人的申诉"):
        grant(file(missing(world, person=2), both), both)
    filed = file(missing(world, person=1), office)
    with pytest.raises(ClaimRefused, match="其他同志"):
        grant(filed, office)
    filed.refresh_from_db()
    assert filed.state == ClaimState.OPEN_OFFICE
    assert CreditEntry.objects.count() == 0


def test_a_secretary_cannot_grant_and_answers_only_for_their_branch(world, member, secretary):
    claim = file(missing(world), member)
    for stranger in (actor(world, "T11b", "secretary"), actor(world, "T21a", "secretary"), member):
        with pytest.raises(OutOfScope):
            operations.confirm(claim, words="", today=TODAY, by=stranger, at=NOW)
    operations.confirm(claim, words="", today=TODAY, by=secretary, at=NOW)
    for stranger in (actor(world, "T12", "office"), actor(world, "C1", "leader"), member):
        with pytest.raises(OutOfScope):
            grant(claim, stranger)
    with pytest.raises(OutOfScope):
        operations.withdraw(claim, by=secretary, at=NOW)
    with pytest.raises((OutOfScope, AlreadyMoved)):
        grant(claim, secretary)
    assert CreditEntry.objects.count() == 0
    with pytest.raises(OutOfScope):
        file(missing(world, person=2), member)


def test_the_office_waits_for_the_branch_until_its_time_is_over(world, member, office):
    claim = file(missing(world), member)
    with pytest.raises(ClaimRefused, match="答复期限"):
        grant(claim, office)
    assert list(listing.to_decide(office, at=LATE).rows) == [claim]
    grant(claim, office, at=LATE)
    assert claim.state == ClaimState.GRANTED


def test_a_refusal_needs_words_and_can_be_appealed_once_to_the_office_above(world, member, secretary, office):
    claim = file(missing(world), member)
    with pytest.raises(ClaimRefused, match="原因"):
        operations.refuse(claim, words=" ", by=secretary, at=NOW)
    operations.refuse(claim, words="那天没有来", by=secretary, at=NOW)
    with pytest.raises(ClaimRefused, match="为什么"):
        operations.appeal(claim, words="", today=TODAY, by=member, at=NOW)
    operations.appeal(claim, words="有照片", today=TODAY, by=member, at=NOW)
    assert (claim.state, claim.decider.code, claim.decided_at) == (ClaimState.OPEN_OFFICE, "T11", None)
    operations.refuse(claim, words="照片不是那天", by=office, at=NOW)
    with pytest.raises(ClaimRefused, match="复核过一次"):
        operations.appeal(claim, words="再看看", today=TODAY, by=member, at=NOW)
    with pytest.raises(ClaimRefused, match="已经答复过"):
        file(missing(world), member)


def test_what_the_office_refused_is_looked_at_one_office_above(world, secretary, office):
    claim = file(missing(world), secretary)
    operations.refuse(claim, words="名单上没有", by=office, at=NOW)
    operations.appeal(claim, words="名单漏了", today=TODAY, by=secretary, at=NOW)
    assert claim.decider.code == "C1"
    with pytest.raises(OutOfScope):
        grant(claim, office)
    grant(claim, actor(world, "C1", "office"))
    assert hours_of(world) == 2


def test_a_withdrawn_claim_can_be_filed_again(world, member):
    claim = file(missing(world), member)
    with pytest.raises(ClaimRefused, match="正在办理"):
        file(missing(world), member)
    operations.withdraw(claim, by=member, at=NOW)
    with pytest.raises(AlreadyMoved):
        operations.withdraw(claim, by=member, at=NOW)
    assert file(missing(world), member).state == ClaimState.OPEN_BRANCH


def test_wrong_hours_become_the_next_revision(world, secretary, office):
    entry = post(world, world.persons[1], on=DAY, hours=2, organiser_id=world.organisations["T11"])
    claim = file(missing(world, entry=entry, wrong="hours", hours=Decimal(4)), secretary)
    grant(claim, office, hours=4)
    assert hours_of(world) == 4
    assert (claim.posted.revision, claim.posted.source_ref, claim.reversal.reverses_id) == (
        2,
        entry.source_ref,
        entry.pk,
    )


def test_a_wrong_day_moves_the_entry_to_an_activity_of_the_right_day(world, secretary, office):
    entry, right = (
        post(
            world, world.persons[1], on=date(2018, 6, 6), hours=2, title="党课", organiser_id=world.organisations["T11"]
        ),
        DAY,
    )
    claim = file(missing(world, entry=entry, wrong="date", hours=entry.hours), secretary)
    grant(claim, office, on=right)
    assert (claim.posted.happened_on, claim.posted.activity.title, claim.posted.activity.starts_on) == (
        right,
        "党课",
        right,
    )
    assert hours_of(world) == 2


def test_hours_of_somebody_who_was_not_there_are_reversed_and_nothing_replaces_them(world, secretary, office):
    entry = post(world, world.persons[1], on=DAY, hours=2, organiser_id=world.organisations["T11"])
    claim = file(missing(world, entry=entry, wrong="not_me"), secretary)
    grant(claim, office)
    assert (hours_of(world), claim.posted, claim.reversal.reverses_id) == (0, None, entry.pk)


def test_an_entry_that_somebody_reversed_meanwhile_is_refused_and_the_claim_stays_open(world, secretary, office):
    entry = post(world, world.persons[1], on=DAY, hours=2, organiser_id=world.organisations["T11"])
    claim = file(missing(world, entry=entry, wrong="not_me"), secretary)
    ledger.reverse(entry, reason="重复", by=SYSTEM, at=NOW)
    with pytest.raises(ClaimRefused, match="已由他人冲销"):
        grant(claim, office)
    claim.refresh_from_db()
    assert (claim.state, claim.decided_hours) == (ClaimState.OPEN_OFFICE, None)


def test_hours_of_a_closed_year_are_granted_with_words_that_say_why_they_come_late(world, secretary, office):
    county = actor(world, "C1", "office")
    ledger.close_year(world.organisation("C1"), 2017, figures={}, by=county, at=NOW, today=TODAY)
    day = date(2017, 12, 5)
    claim = file(missing(world, happened_on=day), secretary)
    with pytest.raises(ClaimRefused, match="2017 年度已于 2018-06-30 关账，补记请写明原因"):
        grant(claim, office, on=day)
    claim.refresh_from_db()
    assert (claim.state, hours_of(world)) == (ClaimState.OPEN_OFFICE, 0)
    operations.grant(claim, Ruling(Decimal(2), day, "签到表年后才交来"), today=TODAY, by=office, at=NOW)
    assert LateEntry.objects.get(entry=claim.posted).reason == "签到表年后才交来"


def test_hours_that_came_in_meanwhile_are_not_granted_again(world, secretary, office):
    lecture = Activity.objects.get(pk=activity(world, on=DAY, organiser_id=world.organisations["T11"]))
    claim = file(missing(world, activity=lecture), secretary)
    new = ledger.NewCredit("test", "R", "late", world.persons[1], lecture.pk, DAY, 8)
    ledger.post([new], by=SYSTEM, at=NOW)
    with pytest.raises(ClaimRefused, match="不能重复登记"):
        grant(claim, office)
    assert hours_of(world) == 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"happened_on": date(2018, 7, 1)}, "不能晚于今天"),
        ({"happened_on": date(2016, 6, 29)}, "最近两年"),
        ({"hours": Decimal("24.25")}, "24 小时"),
        ({"hours": Decimal(0)}, "大于 0"),
        ({"hours": Decimal("1.1")}, "0.25"),
        ({"title": " "}, "什么活动"),
        ({"activity_kind": "dancing"}, "活动类型"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_nothing_is_written(world, member, fields, words):
    with pytest.raises(ClaimRefused, match=words):
        file(missing(world, **fields), member)
    assert (Claim.objects.count(), ClaimStep.objects.count()) == (0, 0)


def test_a_day_before_one_was_a_member_is_refused(world, member):
    world.person(1).memberships.update(since=date(2018, 6, 10))
    with pytest.raises(ClaimRefused, match="还不在党员名册上"):
        file(missing(world), member)


def test_hours_that_one_has_and_entries_of_others_are_refused(world, member):
    entry = post(world, world.persons[1], on=DAY, hours=2, title="七一主题党日")
    with pytest.raises(ClaimRefused, match="已有这次活动的学时"):
        file(missing(world), member)
    with pytest.raises(ClaimRefused, match="和记录一样"):
        file(missing(world, entry=entry, wrong="hours"), member)
    other = post(world, world.persons[2], on=DAY, hours=2)
    with pytest.raises(OutOfScope):
        file(missing(world, entry=other, wrong="not_me"), member)
    ledger.reverse(entry, reason="重复", by=SYSTEM, at=NOW)
    with pytest.raises(ClaimRefused, match="已经冲销"):
        file(missing(world, entry=entry, wrong="not_me"), member)


def test_members_choose_from_what_took_place_around_them_without_their_hours(world):
    branch = world.organisation("T11a")
    theirs = activity(world, on=DAY, organiser_id=branch.pk)
    above = activity(world, on=DAY, organiser_id=world.organisations["T11"])
    activity(world, on=DAY, organiser_id=world.organisations["T12"])
    had = post(world, world.persons[1], on=DAY, hours=2, organiser_id=branch.pk)
    post(world, world.persons[2], on=date(2018, 6, 6), hours=3)
    offered = choosing.on_the_day(world.persons[1], branch, DAY)
    assert [one.activity.pk for one in offered] == [theirs, above]
    assert choosing.usual_hours(had.activity, DAY) == 2
    assert choosing.usual_hours(Activity.objects.get(pk=theirs), DAY) is None

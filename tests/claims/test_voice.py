"""Asking for more, adding to a claim, whom it tells, what waits, the inbox by pages, the preview on its page."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from peixun.claims import operations
from peixun.claims.models import Claim, ClaimState, ClaimStep, scan_folder
from peixun.claims.operations import AlreadyMoved, ClaimRefused, Filing, Ruling
from peixun.claims.queries import listing
from peixun.coverage.operations import rebuild
from peixun.ledger.models import CreditEntry
from peixun.notices.models import Message
from peixun.notices.queries.tasks import tasks
from peixun.people.models import Account
from peixun.people.queries.scope import OutOfScope, actor_of
from tests.claims.test_scans import JPEG, PDF, PNG
from tests.factories.world import NOW, account
from tests.home.conftest import signed_in

pytestmark = pytest.mark.django_db
TODAY, DAY = date(2018, 6, 30), date(2018, 6, 5)


@pytest.fixture
def world(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    account("member", person=world.person(1))
    account("secretary", role="secretary", organisation=world.organisation("T11a"), person=world.person(0))
    account("office", role="office", organisation=world.organisation("T11"))
    account("county", role="office", organisation=world.organisation("C1"))
    account("elsewhere", role="office", organisation=world.organisation("T12"))
    return world


def who(login):
    return actor_of(Account.objects.get(login=login), day=TODAY)


def browser(login):
    return signed_in(Account.objects.get(login=login))


def file(world, login="member", person=1, at=NOW, scans=(), **more):
    fields = {"title": "七一主题党日", "activity_kind": "theme_day", "hours": Decimal(2), "happened_on": DAY, **more}
    return operations.file(Filing(world.person(person), **fields), scans=scans, today=TODAY, by=who(login), at=at)


def confirm(claim, at=NOW):
    operations.confirm(claim, words="", today=TODAY, by=who("secretary"), at=at)


def add(claim, login="member", words="", scans=()):
    operations.add(claim, words=words, scans=scans, today=TODAY, by=who(login), at=NOW)


def told(login):
    return list(Message.objects.filter(account__login=login).order_by("pk").values_list("kind", flat=True))


def stored():
    return len(list(scan_folder().iterdir())) if scan_folder().is_dir() else 0


def test_each_step_tells_whoever_has_it_next_and_the_member(world):
    claim = file(world)
    assert (told("secretary"), told("office"), told("member")) == (["claim_to_answer"], [], [])
    confirm(claim)
    assert (told("office"), told("county"), told("member")) == (["claim_to_decide"], [], ["claim_confirmed"])
    operations.refuse(claim, words="名单上没有", by=who("office"), at=NOW)
    [_confirmed, refused] = Message.objects.filter(account__login="member").order_by("pk")
    assert (refused.title, refused.link) == ("“七一主题党日”的申诉没有认可", f"/claims/{claim.pk}/")
    assert "原因：名单上没有" in refused.text
    operations.appeal(claim, words="名单漏了", today=TODAY, by=who("member"), at=NOW)
    assert told("county") == ["claim_to_decide"]
    operations.grant(claim, Ruling(Decimal(2), DAY), today=TODAY, by=who("county"), at=NOW)
    assert told("member") == ["claim_confirmed", "claim_refused", "claim_granted"]
    assert (told("elsewhere"), told("secretary")) == ([], ["claim_to_answer"])


def test_a_secretary_who_filed_is_told_what_became_of_it(world):
    claim = file(world, "secretary", person=2)
    operations.grant(claim, Ruling(Decimal(2), DAY), today=TODAY, by=who("office"), at=NOW)
    assert told("secretary") == ["claim_granted"]


def test_who_asks_for_more_says_what_and_may_still_decide(world):
    claim = file(world)
    confirm(claim)
    with pytest.raises(ClaimRefused, match="要补充什么"):
        operations.ask(claim, words=" ", by=who("office"), at=NOW)
    for stranger in ("secretary", "elsewhere", "member"):
        with pytest.raises((OutOfScope, AlreadyMoved)):
            operations.ask(claim, words="签到表", by=who(stranger), at=NOW)
    operations.ask(claim, words="请拍一张签到表", by=who("office"), at=NOW)
    claim.refresh_from_db()
    assert claim.state == ClaimState.OPEN_OFFICE
    assert "请拍一张签到表" in Message.objects.get(kind="claim_asked").text
    assert "请补充说明或材料" in browser("member").get(f"/claims/{claim.pk}/").content.decode()
    add(claim, scans=[JPEG])
    assert told("office") == ["claim_to_decide", "claim_added"]
    operations.grant(claim, Ruling(Decimal(2), DAY), today=TODAY, by=who("office"), at=NOW)
    assert list(claim.steps.values_list("verb", flat=True)) == ["file", "confirm", "ask", "add", "grant"]


def test_scans_are_added_up_to_three_while_the_claim_is_open_and_only_by_the_member(world):
    claim = file(world, scans=[PDF])
    for stranger in ("secretary", "office", "elsewhere"):
        with pytest.raises(OutOfScope):
            add(claim, stranger, scans=[PNG])
    with pytest.raises(ClaimRefused, match="写几句"):
        add(claim)
    with pytest.raises(ClaimRefused, match="最多附 3 份"):
        add(claim, scans=[PNG, PNG, PNG])
    with pytest.raises(ClaimRefused, match="不是完整的照片"):
        add(claim, scans=[b"<html>"])
    assert (stored(), ClaimStep.objects.filter(claim=claim).count()) == (1, 1)
    add(claim, scans=[PNG, JPEG])
    assert list(claim.scans.values_list("number", "kind")) == [(1, "pdf"), (2, "png"), (3, "jpg")]
    operations.withdraw(claim, by=who("member"), at=NOW)
    with pytest.raises(AlreadyMoved):
        add(claim, words="还有一句")
    assert stored() == 3


def test_a_scan_is_added_on_the_page(world):
    claim = file(world)
    body = {"verb": "add", "words": "", "scan": [SimpleUploadedFile("a.png", PNG)]}
    answer = browser("member").post(f"/claims/{claim.pk}/own/", body)
    assert (answer.status_code, claim.scans.count()) == (302, 1)
    refused = browser("member").post(f"/claims/{claim.pk}/own/", {"verb": "add"})
    assert (refused.status_code, "请写几句说明" in refused.content.decode()) == (422, True)
    assert browser("elsewhere").post(f"/claims/{claim.pk}/own/", {"verb": "add", "words": "x"}).status_code == 404


def test_the_page_shows_what_granting_would_change_and_changes_nothing(world):
    rebuild(2018)
    claim = file(world)
    confirm(claim)
    page = browser("office").get(f"/claims/{claim.pk}/")
    change = page.context["change"]
    assert (change.hours_before, change.hours_after) == (0, 2)
    assert (change.before.covered, change.after.covered) == (0, 1)
    other = browser("office").post(
        f"/claims/{claim.pk}/decide/", {"verb": "preview", "hours": "1.5", "on": "2018-06-05", "words": ""}
    )
    assert other.context["change"].hours_after == Decimal("1.5")
    claim.refresh_from_db()
    assert (claim.state, CreditEntry.objects.count()) == (ClaimState.OPEN_OFFICE, 0)
    assert told("member") == ["claim_confirmed"]
    assert browser("county").get(f"/claims/{claim.pk}/").context["change"] is not None
    assert browser("elsewhere").get(f"/claims/{claim.pk}/").status_code == 404


def test_granting_again_over_the_page_writes_nothing_more(world):
    claim = file(world)
    confirm(claim)
    body = {"verb": "grant", "hours": "2", "on": "2018-06-05", "words": ""}
    first, again = (browser("office").post(f"/claims/{claim.pk}/decide/", body) for _ in range(2))
    assert (first.status_code, again.status_code) == (302, 422)
    assert "已由他人办理" in again.content.decode()
    assert (CreditEntry.objects.count(), ClaimStep.objects.filter(claim=claim, verb="grant").count()) == (1, 1)


def test_the_inbox_pages_without_a_gap_and_in_a_fixed_number_of_queries(world, django_assert_max_num_queries):
    client = browser("secretary")
    file(world, title="第 0 件")
    with django_assert_max_num_queries(60) as few:
        client.get("/claims/inbox/")
    for number in range(1, 2 * listing.PAGE + 3):
        # Several at the same instant: the id decides.
        file(world, title=f"第 {number} 件", at=NOW + timedelta(minutes=number // 4))
    with django_assert_max_num_queries(len(few)):
        client.get("/claims/inbox/")
    seen, address = [], "/claims/inbox/"
    while address:
        part = client.get(address).context["to_answer"]
        seen += [one.title for one, _where in part["claims"]]
        address = f"/claims/inbox/{part['older_url'].partition('#')[0]}" if part["older_url"] else ""
    assert seen == [f"第 {number} 件" for number in range(2 * listing.PAGE + 3)]
    assert client.get("/claims/inbox/?answer=nonsense&decided=1_2").status_code == 200


def test_what_waits_elsewhere_is_what_is_neither_mine_to_answer_nor_to_decide(world):
    mine, theirs = file(world), file(world, title="读书班")
    confirm(theirs)
    assert list(listing.waiting_elsewhere(who("secretary"), at=NOW).rows) == [theirs]
    assert list(listing.waiting_elsewhere(who("office"), at=NOW).rows) == [mine]
    assert list(listing.waiting_elsewhere(who("elsewhere"), at=NOW).rows) == []


def test_claims_wait_in_the_tasks_of_whoever_has_them(world):
    claim = file(world)
    late = file(world, title="读书班")
    [own] = tasks(who("secretary"), day=TODAY).own
    assert (own.kind, own.count, own.url) == ("answer_claims", 2, "/claims/inbox/")
    assert "超过 15 天" in own.title
    confirm(claim)
    [decide] = tasks(who("office"), day=TODAY).own
    assert (decide.kind, decide.count) == ("decide_claims", 2)  # one passed on, one left lying
    assert tasks(who("elsewhere"), day=TODAY).own == []
    Claim.objects.filter(pk=late.pk).update(state=ClaimState.WITHDRAWN)
    assert tasks(who("secretary"), day=TODAY).own == []


def test_a_secretarys_own_claims_stand_in_the_frame_of_own_pages(world):
    claim = file(world, "secretary", person=0)
    client = browser("secretary")
    for address in ("/claims/", "/claims/new/", f"/claims/{claim.pk}/"):
        assert "peixun/phone.html" in [t.name for t in client.get(address).templates], address
    assert "peixun/shell.html" in [t.name for t in client.get("/claims/inbox/").templates]

"""Drafts of packs: checked in words, tried out, published, ended, taken back; a trial says what comes true."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from peixun.catalog.models import CreditPack, RequirementPack
from peixun.coverage.models import PersonYear
from peixun.coverage.operations import rebuild
from peixun.people.models import AuditEntry
from peixun.people.queries.scope import OutOfScope, actor_of
from peixun.rulebook import tasks
from peixun.rulebook.models import DraftState, PackDraft, TrialState
from peixun.rulebook.operations import publishing, trials
from peixun.rulebook.operations.drafts import Overtaken, RulesRefused, begin, drop, save
from peixun.rulebook.queries.checking import check
from tests.factories.world import NOW, account, build_world, post

pytestmark = pytest.mark.django_db
TODAY = date(2018, 6, 30)
BACKEND = "django.contrib.auth.backends.ModelBackend"
PEOPLE = {"members": 1, "secretaries": 1}


@pytest.fixture
def world(db):
    made = build_world(3)
    for index, person in enumerate(made.persons):
        post(made, person, on=date(2018, 3, 1), hours=8 * (index % 5) + 1, kind="in_house")
        post(made, person, on=date(2017, 3, 1), hours=6 * (index % 6) + 1)
    rebuild(2017)
    rebuild(2018)
    return made


def office(world, code, login=""):
    return actor_of(account(login or f"office-{code}", role="office", organisation=world.organisation(code)), day=TODAY)


def requirement(hours="16", audience="members", **more):
    return {"audience": audience, "name": f"{audience}{hours}", "period": "year", "min_hours": hours, **more}


def content(*rows, **more):
    head = {"name": "县里的要求", "since": "2018-01-01", "last": "", "source": "县委组〔2018〕1号", "note": ""}
    return {**head, "requirements": list(rows) or [requirement()], **more}


def drafted(world, by, *rows, code="C1", **more):
    draft = begin("requirement", world.organisation(code), by=by, at=NOW)
    save(draft, content(*rows, **more), version=1, by=by, at=NOW)
    return draft


def publish(draft, by, reason="文件下发晚了", version=None, **more):
    confirmed = publishing.Confirmed(reason, **more)
    return publishing.publish(draft, version=version or draft.version, confirmed=confirmed, today=TODAY, by=by, at=NOW)


def fulfilled(world, code, year=2018):
    rows = PersonYear.objects.filter(year=year, branch__path__startswith=world.organisation(code).path)
    return {
        pk: (ok, covered, hours)
        for pk, ok, covered, hours in rows.values_list("person", "fulfilled", "covered", "hours")
    }


def tried(draft, by):
    trial = trials.ask_draft(draft, today=TODAY, by=by, at=NOW)
    trials.run(trial, today=TODAY)
    return trial


@pytest.mark.parametrize("since", ["2018-01-01", "2017-01-01"])
@pytest.mark.parametrize("hours", ["4", "16", "24.25"])
def test_what_a_trial_of_requirements_says_comes_true(world, hours, since):
    by = office(world, "C1")
    draft = drafted(world, by, requirement(hours), requirement("20", "secretaries"), since=since)
    before = {year: fulfilled(world, "C1", year) for year in (2017, 2018)}
    trial = tried(draft, by)
    assert [year["year"] for year in trial.result] == list(range(int(since[:4]), 2019))
    assert fulfilled(world, "C1") == before[2018]
    publish(draft, by)
    for found in trial.result:
        rebuild(found["year"])
        after, old = fulfilled(world, "C1", found["year"]), before[found["year"]]
        assert found["before"][2] == sum(row[0] for row in old.values())
        assert found["after"][2] == sum(row[0] for row in after.values())
        assert found["changed"] == sum(after[pk] != old[pk] for pk in after)
        assert found["gained"] == sum(after[pk][0] and not old[pk][0] for pk in after)
        assert sum(row[2][2] for row in found["children"]) == found["after"][2]


@pytest.mark.parametrize("most", ["2", "10.5"])
def test_what_a_trial_of_credits_says_comes_true(world, most):
    by = office(world, "R")
    CreditPack.objects.update(until=date(2018, 1, 1))
    rebuild(2018)
    draft = begin("credit", world.root, by=by, at=NOW)
    rows = {
        "rules": [{"kind": "in_house", "unit": "day", "hours": "8"}],
        "caps": [{"name": "内训", "kinds": ["in_house"], "period": "year", "max_hours": most}],
    }
    save(draft, {**content(), **rows, "carry_over": "none"}, version=1, by=by, at=NOW)
    before, [found] = fulfilled(world, "R"), tried(draft, by).result
    publish(draft, by)
    rebuild(2018)
    after = fulfilled(world, "R")
    assert found["after"][3] == sum(row[2] for row in after.values()) * 4
    assert found["before"][3] == sum(row[2] for row in before.values()) * 4
    assert found["after"][3] < found["before"][3]
    assert found["changed"] == sum(after[pk] != before[pk] for pk in after)


def test_a_pack_of_next_year_is_tried_on_this_year(world):
    by = office(world, "C1")
    draft = drafted(world, by, requirement("4"), since="2019-01-01")
    [found] = tried(draft, by).result
    assert (found["year"], found["tried"]) == (2018, True)
    assert found["after"][2] > found["before"][2]


def test_a_trial_in_the_background_and_one_that_is_out_of_date(world):
    by = office(world, "C1")
    draft = drafted(world, by)
    trial = trials.ask_draft(draft, today=TODAY, by=by, at=NOW)
    tasks.run_trial.call(trial.pk)
    trial.refresh_from_db()
    assert (trial.state, trial.done) == (TrialState.DONE, trial.total)
    client = Client()
    client.force_login(account("screen", role="office", organisation=world.organisation("C1")), backend=BACKEND)
    page = f"/rulebook/drafts/{draft.pk}/"
    assert "试算以后" not in client.get(page).content.decode()
    post(world, world.persons[0], on=date(2018, 4, 1), hours=4)
    assert "试算以后名册、学时或规则有了变化" in client.get(page).content.decode()
    save(draft, content(requirement("8")), version=draft.version, by=by, at=NOW)
    assert "试算以后草稿又改过" in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"source": ""}, "没有写明依据"),
        ({"since": ""}, "没有填写生效日期"),
        ({"since": "明年"}, "不是一个日期"),
        ({"last": "2017-01-01"}, "最后一天早于生效日期"),
        ({"requirements": []}, "还没有一条要求"),
        ({"requirements": [requirement("8.1")]}, "以 0.25 为一档"),
        ({"requirements": [requirement("-8")]}, "不能是负数"),
        ({"requirements": [requirement("八")]}, "不是数字"),
        ({"requirements": [requirement("8", "nobody")]}, "已经不存在"),
        ({"requirements": [requirement("0")]}, "都没有要求"),
        ({"requirements": [requirement(), requirement()]}, "请区分名称"),
        ({"requirements": [requirement(min_days="500")]}, "整数"),
    ],
)
def test_bad_input_is_said_in_words_and_nothing_is_published(world, more, words):
    by = office(world, "C1")
    draft = drafted(world, by, **more)
    assert any(words in text for text in check(draft, today=TODAY, people=PEOPLE).errors)
    with pytest.raises(RulesRefused, match=words):
        publish(draft, by)
    assert RequirementPack.objects.count() == 1


def test_overlap_hole_past_and_nobody_are_found(world):
    city = office(world, "R")
    over = check(drafted(world, city, code="R", since="2013-01-01"), today=TODAY, people=PEOPLE)
    assert "日期重叠" in over.errors[0]
    later = check(drafted(world, city, code="R", since="2019-02-01", last="2019-12-31"), today=TODAY, people={})
    texts = " ".join(f.text for f in later.findings)
    assert later.new is not None
    assert "2019-01-01 至 2019-01-31 没有本单位的规则" in texts
    assert "2020-01-01 起没有本单位的规则" in texts
    assert "今天没有人" in texts
    past = check(drafted(world, city, code="C1", since="2017-05-01"), today=TODAY, people=PEOPLE)
    assert (past.past, past.begins_in_past) == ([2017, 2018], True)


def test_the_past_is_changed_only_with_a_reason_that_stays(world):
    by = office(world, "C1")
    draft = drafted(world, by)
    with pytest.raises(RulesRefused, match="写明原因"):
        publish(draft, by, reason=" ")
    pack = publish(draft, by)
    trace = AuditEntry.objects.get(action="change_past", subject="requirement_pack")
    assert (trace.subject_id, trace.detail["reason"]) == (str(pack.pk), "文件下发晚了")
    assert trace.organisation_id == world.organisations["C1"]


def test_of_two_who_edit_at_once_the_second_is_told_who_was_faster(world):
    first, second = office(world, "C1", "甲"), office(world, "C1", "乙")
    draft = drafted(world, first)
    save(draft, content(requirement("40")), version=2, by=first, at=NOW)
    with pytest.raises(Overtaken, match="甲"):
        save(draft, content(requirement("50")), version=2, by=second, at=NOW)
    draft.refresh_from_db()
    assert draft.content["requirements"][0]["min_hours"] == "40"
    publish(draft, first)
    with pytest.raises(RulesRefused):
        publish(draft, second, version=3)
    assert RequirementPack.objects.filter(owner=draft.owner).count() == 1


def test_offices_below_county_and_other_roles_make_no_rules(world):
    with pytest.raises(OutOfScope):
        begin("requirement", world.organisation("T11"), by=office(world, "T11"), at=NOW)
    with pytest.raises(OutOfScope):
        begin("requirement", world.organisation("C2"), by=office(world, "C1"), at=NOW)
    leader = actor_of(account("leader", role="leader", organisation=world.root), day=TODAY)
    with pytest.raises(OutOfScope):
        begin("credit", world.root, by=leader, at=NOW)
    draft = drafted(world, office(world, "C1", "own"))
    with pytest.raises(OutOfScope):
        publish(draft, office(world, "C2"))
    with pytest.raises(OutOfScope):
        drop(draft, version=draft.version, by=office(world, "C2", "again"), at=NOW)
    assert not RequirementPack.objects.filter(owner=draft.owner).exists()


def test_a_copy_says_what_its_base_says_and_begins_where_it_ends(world):
    base = RequirementPack.objects.get()
    draft = begin("requirement", world.root, base=base, by=office(world, "R"), at=NOW)
    checked = check(draft, today=TODAY, people=PEOPLE)
    assert checked.new is not None
    assert checked.new.since == base.until
    assert [(r.audience, Decimal(r.min_hours), r.min_concentrated) for r in checked.new.requirements] == [
        ("members", Decimal(32), 0),
        ("secretaries", Decimal(56), 1),
    ]


def test_a_future_pack_is_taken_back_and_the_one_before_it_is_open_again(world):
    by = office(world, "C1")
    old = publish(drafted(world, by, since="2018-06-30"), by)
    draft = drafted(world, by, since="2019-01-01")
    new = publish(draft, by)
    old.refresh_from_db()
    assert old.until == date(2019, 1, 1)
    with pytest.raises(RulesRefused, match="不能撤回"):
        publishing.withdraw(old, today=TODAY, by=by, at=NOW)
    publishing.withdraw(new, today=TODAY, by=by, at=NOW)
    old.refresh_from_db()
    draft.refresh_from_db()
    assert (old.until, draft.state) == (None, DraftState.DRAFT)


def test_a_pack_ends_on_a_day_and_in_the_past_only_with_a_reason(world):
    by = office(world, "C1")
    pack = publish(drafted(world, by), by)
    with pytest.raises(RulesRefused, match="写明原因"):
        publishing.end(pack, on=date(2018, 5, 1), reason="", today=TODAY, by=by, at=NOW)
    with pytest.raises(RulesRefused, match="晚于生效日期"):
        publishing.end(pack, on=date(2017, 5, 1), reason="错了", today=TODAY, by=by, at=NOW)
    publishing.end(pack, on=date(2018, 9, 1), reason="", today=TODAY, by=by, at=NOW)
    pack.refresh_from_db()
    assert pack.until == date(2018, 9, 1)


def test_of_two_who_end_or_take_back_a_pack_the_second_is_told(world):
    by = office(world, "C1")
    pack = publish(drafted(world, by), by)
    stale = RequirementPack.objects.get(pk=pack.pk)
    publish(drafted(world, by, since="2018-08-01"), by)  # the first ends for it
    with pytest.raises(RulesRefused, match="已经到期"):
        publishing.end(stale, on=date(2018, 10, 1), reason="", today=TODAY, by=by, at=NOW)
    pack.refresh_from_db()
    assert pack.until == date(2018, 8, 1)
    later = RequirementPack.objects.get(since=date(2018, 8, 1))
    again = RequirementPack.objects.get(pk=later.pk)
    publishing.withdraw(later, today=TODAY, by=by, at=NOW)
    with pytest.raises(RulesRefused, match="已由他人撤回"):
        publishing.withdraw(again, today=TODAY, by=by, at=NOW)
    assert AuditEntry.objects.filter(action="withdraw").count() == 1


def test_on_screen_rows_are_added_and_removed_then_it_is_tried_and_published(world):
    client = Client()
    client.force_login(account("screen", role="office", organisation=world.organisation("C1")), backend=BACKEND)
    base = RequirementPack.objects.get()
    assert client.post(f"/rulebook/packs/requirement/{base.pk}/copy/").status_code == 302
    draft = PackDraft.objects.get()
    page = f"/rulebook/drafts/{draft.pk}/"
    row = {f"requirements-0-{name}": value for name, value in requirement("12").items()}
    typed = {"version": 1, "name": "新版", "since": "2018-07-01", "source": "某文件", "requirements-count": 1, **row}
    client.post(page, {**typed, "add": "requirements"})
    draft.refresh_from_db()
    assert (draft.owner.code, len(draft.content["requirements"])) == ("C1", 2)
    client.post(page, {**typed, "version": 2, "requirements-count": 2, "remove": "requirements-1"})
    refused = client.post(page, {**typed, "version": 2})
    assert refused.status_code == 422
    assert "您的改动没有保存" in refused.content.decode()
    client.post(f"{page}try/")
    assert "由达标变为不达标" in client.get(page).content.decode()
    assert client.post(f"{page}publish/", {"version": 3, "known": "1"}).status_code == 302
    assert "新版" in client.get("/rules/").content.decode()

"""Trials under way and given up; versions in mid-year; ends seen before they are confirmed; duties drafted."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from peixun.catalog.models import RequirementPack, ResponsibilityPack
from peixun.coverage.operations import rebuild
from peixun.coverage.queries.computing import PersonYears
from peixun.people.models import AuditEntry
from peixun.people.queries.scope import OutOfScope
from peixun.rulebook.models import SILENT, Trial, TrialState
from peixun.rulebook.operations import publishing, trials
from peixun.rulebook.operations.drafts import RulesRefused, begin, save
from peixun.rulebook.queries.checking import check
from tests.factories.world import NOW, account
from tests.rulebook.test_packs import (
    BACKEND,
    PEOPLE,
    TODAY,
    content,
    drafted,
    fulfilled,
    office,
    publish,
    requirement,
    tried,
    world,
)

__all__ = ["world"]
pytestmark = pytest.mark.django_db


def browser(world, code="C1"):
    client = Client()
    client.force_login(account("screen", role="office", organisation=world.organisation(code)), backend=BACKEND)
    return client


def test_where_hours_settle_it_no_credit_is_read(world, monkeypatch):
    by = office(world, "C1")
    draft = drafted(world, by, requirement("16"))

    def refuse(*_args):
        raise AssertionError("credits were read")

    monkeypatch.setattr(PersonYears, "compute", lambda self, persons: refuse() if persons else iter(()))
    [found] = tried(draft, by).result
    assert found["changed"] > 0


def test_a_draft_with_errors_is_not_tried_out(world):
    by = office(world, "C1")
    draft = drafted(world, by, source="")
    with pytest.raises(RulesRefused, match="没有写明依据"):
        trials.ask_draft(draft, today=TODAY, by=by, at=NOW)
    answer = browser(world).post(f"/rulebook/drafts/{draft.pk}/try/")
    assert answer.status_code == 422
    assert "没有写明依据" in answer.content.decode()
    assert not Trial.objects.exists()


def test_a_trial_is_stopped_and_what_it_works_on_is_not_kept(world, monkeypatch):
    by = office(world, "C1")
    draft = drafted(world, by)
    waiting = trials.ask_draft(draft, today=TODAY, by=by, at=NOW)
    with pytest.raises(OutOfScope):
        trials.stop(waiting, by=office(world, "C2"))
    client = browser(world)
    assert client.post(f"/rulebook/trials/{waiting.pk}/stop/").status_code == 302
    trials.run(waiting, today=TODAY)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.result) == (TrialState.STOPPED, [])
    assert "试算已停止" in client.get(f"/rulebook/drafts/{draft.pk}/").content.decode()

    running = trials.ask_draft(draft, today=TODAY, by=by, at=NOW)
    worked = trials.effects

    def stopped_meanwhile(*args, **kwargs):
        trials.stop(running, by=by)
        return worked(*args, **kwargs)

    monkeypatch.setattr(trials, "effects", stopped_meanwhile)
    trials.run(running, today=TODAY)
    running.refresh_from_db()
    assert (running.state, running.result) == (TrialState.STOPPED, [])


def test_a_trial_whose_process_died_is_said_to_have_broken_off_and_begins_anew(world):
    by = office(world, "C1")
    draft, client = drafted(world, by), browser(world)
    trial = trials.ask_draft(draft, today=TODAY, by=by, at=timezone.now())
    Trial.objects.update(state=TrialState.RUNNING, told_at=timezone.now())
    page = f"/rulebook/drafts/{draft.pk}/"
    assert "正在试算影响" in client.get(page).content.decode()
    assert client.get(f"/rulebook/trials/{trial.pk}/progress/").status_code == 200
    Trial.objects.update(told_at=timezone.now() - SILENT - timedelta(seconds=1))
    assert "试算中断了" in client.get(page).content.decode()
    assert client.get(f"/rulebook/trials/{trial.pk}/progress/")["HX-Refresh"] == "true"
    client.post(f"{page}try/")
    assert Trial.objects.get().state == TrialState.DONE


def test_a_version_in_mid_year_ends_the_one_before_when_that_is_agreed(world):
    by = office(world, "R")
    old = RequirementPack.objects.get()
    draft = drafted(world, by, requirement("4"), code="R", since="2018-07-01", last="2018-12-31")
    checked = check(draft, today=TODAY, people=PEOPLE)
    assert checked.errors == []
    assert any("原定执行到 2018-12-31，发布时要让它到 2018-06-30 为止" in f.text for f in checked.findings)
    page = browser(world, "R").get(f"/rulebook/drafts/{draft.pk}/").content.decode()
    assert 'name="shorten"' in page
    [found] = tried(draft, by).result
    with pytest.raises(RulesRefused, match="请勾选"):
        publish(draft, by)
    new = publish(draft, by, shorten=True)
    old.refresh_from_db()
    assert old.until == new.since
    assert AuditEntry.objects.filter(action="end", subject="requirement_pack", subject_id=str(old.pk)).exists()
    rebuild(2018)
    assert found["after"][2] == sum(row[0] for row in fulfilled(world, "R").values())
    publishing.withdraw(new, today=TODAY, by=by, at=NOW)
    old.refresh_from_db()
    assert old.until == date(2019, 1, 1)


def test_the_end_of_a_pack_is_seen_before_it_is_confirmed(world):
    client, pack = browser(world, "R"), RequirementPack.objects.get()
    page = f"/rulebook/packs/requirement/{pack.pk}/"
    assert client.post(page, {"last": "2018-06-01", "reason": ""}).status_code == 422
    answer = client.post(page, {"last": "2018-08-31", "reason": ""})
    pack.refresh_from_db()
    assert pack.until == date(2019, 1, 1)
    shown = client.get(answer["Location"]).content.decode()
    assert "由达标变为不达标" in shown
    assert "停止执行这份规则" in shown
    assert client.post(answer["Location"]).status_code == 302
    pack.refresh_from_db()
    assert pack.until == date(2018, 9, 1)


def test_a_future_pack_is_withdrawn_after_a_look(world):
    by = office(world, "R")
    client, old = browser(world, "R"), RequirementPack.objects.get()
    new = publish(drafted(world, by, requirement("4"), code="R", since="2018-09-01"), by, shorten=True)
    rebuild(2018)
    before = sum(row[0] for row in fulfilled(world, "R").values())
    answer = client.post(f"/rulebook/packs/requirement/{new.pk}/withdraw/")
    [found] = Trial.objects.get(pk=int(answer["Location"].split("/")[-2])).result
    assert client.post(answer["Location"]).status_code == 302
    rebuild(2018)
    assert [found["before"][2], found["after"][2]] == [before, sum(r[0] for r in fulfilled(world, "R").values())]
    old.refresh_from_db()
    assert old.until == date(2019, 1, 1)
    assert client.post(f"/rulebook/packs/requirement/{old.pk}/withdraw/").status_code == 422


def test_an_end_is_not_confirmed_on_figures_that_have_changed(world):
    client, pack = browser(world, "R"), RequirementPack.objects.get()
    answer = client.post(f"/rulebook/packs/requirement/{pack.pk}/", {"last": "2018-08-31", "reason": ""})
    publish(drafted(world, office(world, "C1")), office(world, "C1", "again"))
    refused = client.post(answer["Location"])
    assert refused.status_code == 422
    assert "重新试算" in refused.content.decode()
    trial = Trial.objects.get(draft=None)
    again = client.post(f"/rulebook/trials/{trial.pk}/again/")
    assert client.post(again["Location"]).status_code == 302


DUTY = {"audience": "members", "level": "county", "period": "year", "only_untrained_above": ""}


def duties(world, by, *rows, **more):
    draft = begin("duty", world.organisation("C1"), by=by, at=NOW)
    save(draft, {**content(), "requirements": [], "duties": list(rows), **more}, version=1, by=by, at=NOW)
    return draft


def test_duties_are_drafted_published_copied_and_ended(world):
    by, client = office(world, "C1"), browser(world)
    before = fulfilled(world, "C1")
    draft = duties(world, by, DUTY, {**DUTY, "audience": "secretaries", "level": "city", "only_untrained_above": "1"})
    assert "学时和达标数字都不变" in client.get(f"/rulebook/drafts/{draft.pk}/").content.decode()
    pack = publish(draft, by)
    assert isinstance(pack, ResponsibilityPack)
    rows = pack.responsibilities.values_list("audience__key", "level", "only_untrained_above")
    assert list(rows) == [("members", "county", False), ("secretaries", "city", True)]
    rebuild(2018)
    assert fulfilled(world, "C1") == before
    copied = begin("duty", world.organisation("C1"), base=pack, by=by, at=NOW)
    assert copied.content["duties"] == draft.content["duties"]
    answer = client.post(f"/rulebook/packs/duty/{pack.pk}/", {"last": "2018-08-31"})
    assert "只改变由哪一级负责培训" in client.get(answer["Location"]).content.decode()
    assert client.post(answer["Location"]).status_code == 302
    pack.refresh_from_db()
    assert pack.until == date(2018, 9, 1)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "还没有一条责任"),
        ([{**DUTY, "audience": ""}], "没有选培训对象"),
        ([{**DUTY, "level": "grassroots"}], "没有选责任层级"),
        ([{**DUTY, "audience": "nobody"}], "已经不存在"),
        ([DUTY, DUTY], "写了两条"),
    ],
)
def test_bad_duties_are_said_in_words(world, rows, words):
    by = office(world, "C1")
    with pytest.raises(RulesRefused, match=words):
        publish(duties(world, by, *rows), by)
    assert not ResponsibilityPack.objects.exists()

"""What a trial says is what comes true, whatever is drafted and whatever people have done."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from peixun.catalog.models import ActivityKind, CreditPack, RequirementPack
from peixun.coverage.models import PersonYear
from peixun.coverage.operations import rebuild
from peixun.ledger import operations as ledger
from peixun.people.models import Account, Audience
from peixun.people.queries.scope import actor_of
from peixun.rulebook.operations import audiences, publishing, trials
from peixun.rulebook.operations.drafts import begin, save
from peixun.rulebook.queries.checking import check, kind_of
from tests.factories.world import NOW, SYSTEM, account, activity, build_world, credit

pytestmark = pytest.mark.django_db
TODAY = date(2018, 6, 30)
YEARS = (2016, 2017, 2018)
KINDS = ("class", "lecture", "branch_study", "group_viewing", "in_house", "online_lesson")
HOURS = ("0", "4", "8.25", "16", "32")


class TakenBack(Exception):
    """Ends an example."""


CREDITS = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.integers(0, 3 * 365 - 200),
        st.integers(1, 60),
        st.sampled_from(KINDS),
        st.sampled_from(("online", "offline")),
    ),
    max_size=30,
)
REQUIREMENT = st.fixed_dictionaries(
    {
        "audience": st.sampled_from(("members", "secretaries")),
        "period": st.sampled_from(("year", "year", "five_years")),
        "min_hours": st.sampled_from(HOURS),
        "min_days": st.sampled_from(("", "1", "2")),
        "min_concentrated": st.sampled_from(("", "1", "2")),
        "within": st.lists(
            st.fixed_dictionaries(
                {"cut": st.sampled_from(("delivery:online", "strand:theory")), "hours": st.sampled_from(HOURS)}
            ),
            max_size=2,
        ),
    }
)
CAP = st.fixed_dictionaries(
    {
        "kinds": st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True),
        "period": st.sampled_from(("day", "activity", "year")),
        "max_hours": st.sampled_from(HOURS),
    }
)
DATES = st.sampled_from(
    [("2018-01-01", ""), ("2018-05-01", ""), ("2017-07-01", ""), ("2014-01-01", ""), ("2017-03-01", "2018-03-31")]
)


@pytest.fixture
def world(db):
    return build_world(1)


def office(world):
    known = Account.objects.filter(login="office").first()
    return actor_of(known or account("office", role="office", organisation=world.root), day=TODAY)


def drafted(world, by, kind, dates, **more):
    draft = begin(kind, world.organisation("C1" if kind == "requirement" else "R"), by=by, at=NOW)
    head = {"name": "拟的", "since": dates[0], "last": dates[1], "source": "文件", "note": ""}
    save(draft, {**head, **more}, version=1, by=by, at=NOW)
    return draft


def position(path, year):
    rows = PersonYear.objects.filter(year=year, branch__path__startswith=path)
    return {row[0]: row[1:] for row in rows.values_list("person", "due", "covered", "fulfilled", "hours")}


def comes_true(world, owner, credits, asked, act):
    """Try out, do it, and compare; in the end nothing has happened."""
    try:
        with transaction.atomic():
            _post(world, credits)
            for year in YEARS:
                rebuild(year)
            trial = asked()
            trials.run(trial, today=TODAY)
            trial.refresh_from_db()
            old = {year: position(owner.path, year) for year in YEARS}
            act()
            told = {found["year"]: found for found in trial.result}
            for year in YEARS:
                rebuild(year)
                _compare(told.get(year), old[year], position(owner.path, year))
            raise TakenBack
    except TakenBack:
        pass


def _post(world, credits):
    rows = []
    for who, after, quarters, kind, delivery in credits:
        day = date(2016, 1, 1) + timedelta(days=after)
        opened = activity(world, on=day, kind=kind, delivery=delivery)
        rows.append(credit(world.persons[who], opened, on=day, hours=quarters / 4))
    if rows:
        ledger.post(rows, by=SYSTEM, at=NOW)


def _compare(found, old, new):
    if found is None:
        assert new == old
        return
    for told, rows in ((found["before"], old), (found["after"], new)):
        sums = [sum(row[index] for row in rows.values()) for index in range(3)]
        assert told == [*sums, sum(row[3] for row in rows.values()) * 4]
    assert found["changed"] == sum(new[pk] != old[pk] for pk in new)
    assert found["lost"] == sum(old[pk][2] and not new[pk][2] for pk in new)
    assert found["gained"] == sum(new[pk][2] and not old[pk][2] for pk in new)


RUNS = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@RUNS
@given(credits=CREDITS, rows=st.lists(REQUIREMENT, min_size=1, max_size=3), dates=DATES)
def test_of_requirements(world, credits, rows, dates):
    _tried_and_published(
        world,
        credits,
        "requirement",
        dates,
        requirements=[{**row, "name": f"要求{number}"} for number, row in enumerate(rows)],
    )


@RUNS
@given(
    credits=CREDITS,
    caps=st.lists(CAP, max_size=3),
    carry_over=st.sampled_from(("none", "none", "electives")),
    dates=DATES,
)
def test_of_conversions_and_caps(world, credits, caps, carry_over, dates):
    _tried_and_published(
        world,
        credits,
        "credit",
        dates,
        rules=[{"kind": ActivityKind.CLASS, "unit": "day", "hours": "8"}],
        caps=[{**cap, "name": f"上限{number}"} for number, cap in enumerate(caps)],
        carry_over=carry_over,
    )


def _tried_and_published(world, credits, kind, dates, **more):
    by = office(world)
    draft = drafted(world, by, kind, dates, **more)
    assume(check(draft, today=TODAY, people={}).new is not None)
    confirmed = publishing.Confirmed("文件下发晚了", shorten=True)
    comes_true(
        world,
        draft.owner,
        credits,
        lambda: trials.ask_draft(draft, today=TODAY, by=by, at=NOW),
        lambda: publishing.publish(draft, version=draft.version, confirmed=confirmed, today=TODAY, by=by, at=NOW),
    )


@RUNS
@given(
    credits=CREDITS,
    model=st.sampled_from((RequirementPack, CreditPack)),
    on=st.dates(date(2016, 5, 1), date(2018, 12, 31)),
)
def test_of_the_end_of_a_pack(world, credits, model, on):
    by, pack = office(world), model.objects.get()
    wanted = {"pack": [kind_of(pack), pack.pk], "act": "end", "on": on.isoformat(), "reason": ""}
    comes_true(
        world,
        pack.owner,
        credits,
        lambda: trials.ask(pack.owner, wanted, by=by, at=NOW),
        lambda: publishing.end(model.objects.get(), on=on, reason="有误", today=TODAY, by=by, at=NOW),
    )


@RUNS
@given(
    credits=CREDITS,
    rule=st.sampled_from(({}, {"posts": ["secretary"]}, {"sectors": ["village"]}, {"levels": ["county"]})),
    key=st.sampled_from(("members", "secretaries")),
)
def test_of_an_audience(world, credits, rule, key):
    by, audience = office(world), Audience.objects.get(key=key)
    wanted = {"key": key, "name": audience.name, "rule": rule, "empty": True}
    comes_true(
        world,
        world.root,
        credits,
        lambda: trials.ask(world.root, wanted, by=by, at=NOW),
        lambda: audiences.save(
            audiences.WantedAudience(**wanted, reason="有误"), owner=world.root, today=TODAY, by=by, at=NOW
        ),
    )

"""A year with classes of every kind, for every test of the room."""

from datetime import date

import pytest

from peixun.catalog.models import Topic
from peixun.ledger import operations as ledger
from peixun.people.models import Audience
from peixun.people.operations.posts import NewPost, appoint
from tests.factories.world import NOW, SYSTEM, World, activity, credit, post


@pytest.fixture
def city(world: World) -> World:
    """A year with classes of every kind; branch secretaries are every fifth person, from 0 on."""
    Topic.objects.create(key="three-meetings", name="三会一课", group="working_system", strand="practice")
    Topic.objects.create(key="heart-talks", name="谈心谈话", group="working_system", strand="practice")
    Topic.objects.create(key="lead-1", name="引领行动一", group="leading_action", strand="practice")
    Topic.objects.create(key="originals", name="读原著", group="theory", strand="theory")
    root = world.organisations["R"]
    Audience.objects.create(key="firsts", name="第一书记", owner_id=root, rule={"posts": ["first_secretary"]}, bit=2)
    posts = [
        NewPost(world.persons[i], world.organisations["T11a"], "first_secretary", date(2016, 1, 1)) for i in (1, 2)
    ]
    appoint(posts, by=SYSTEM, at=NOW)
    key = {"tier": "city_key", "programme_kind": "key"}
    hold(world, [0, 5, 10], date(2017, 5, 8), **key, audience="secretaries", topics=("lead-1",))
    hold(world, [1, 2], date(2017, 6, 5), **key, audience="firsts")
    hold(world, [15, 20, 25, 30, 3], date(2017, 7, 3), programme_kind="rotation", audience="支部书记")
    hold(world, [35], date(2017, 9, 4), programme_kind="rotation", audience="secretaries")
    hold(world, [0, 4, 6], date(2017, 11, 6), programme_kind="special", setting="field", place="外地学院")
    hold(world, [7], date(2017, 11, 20), programme_kind="special", setting="classroom")
    post(world, world.persons[8], on=date(2017, 3, 1), hours=2, topics=("three-meetings", "heart-talks"))
    post(world, world.persons[9], on=date(2017, 3, 2), hours=2, topics=("originals", "unknown"))
    post(world, world.persons[11], on=date(2018, 3, 2), hours=2, topics=("originals",))
    return world


def hold(world: World, people: list[int], day: date, **fields: object) -> int:
    """A class of two days."""
    held = activity(world, on=day, kind="class", **{"ends_on": day.replace(day=day.day + 1), **fields})
    for i in people:
        for number in (0, 1):
            on = day.replace(day=day.day + number)
            ledger.post([credit(world.persons[i], held, on=on, hours=8)], by=SYSTEM, at=NOW)
    return held

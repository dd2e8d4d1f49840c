"""A fiftieth of the city: the sets in proportion, everybody covered in 2017, the same seed the same city."""

import hashlib
from datetime import UTC, datetime

import pytest
from django.test import TestCase

from peixun.coverage.models import PersonYear, StaleBranch
from peixun.demo.operations import DemoRefused, demo_state, load_city
from peixun.demo.size import Size
from peixun.kernel import citizen_number
from peixun.ledger.models import CreditEntry, Seal
from peixun.ledger.operations import verify
from peixun.people.models import Account, Identity, Person, StatusPeriod, Succession
from peixun.people.sealed_box import open_box
from tests.demo import asking

SCALE = 0.02
SIZE = Size(SCALE)
AT = datetime(2018, 6, 30, 4, 0, tzinfo=UTC)


def load(seed: int = 1) -> None:
    """A small city."""
    load_city(scale=SCALE, seed=seed, at=AT, progress=lambda *_: None)


DUMPS = (
    "SELECT code, name, kind, sector, level, CAST(tags AS text), founded_on, closed_on FROM people_organisation "
    "ORDER BY code",
    "SELECT name, gender, birth_date, ethnicity, education, rank, joined_party_on FROM people_person ORDER BY id",
    "SELECT m.person_id - (SELECT MIN(id) FROM people_person), o.code, m.since, m.until, m.ended_by "
    "FROM people_membership m JOIN people_organisation o ON o.id = m.organisation_id ORDER BY 1, 3",
    "SELECT p.person_id - (SELECT MIN(id) FROM people_person), o.code, p.title, p.since, p.until "
    "FROM people_post p JOIN people_organisation o ON o.id = p.organisation_id ORDER BY 1, 2, 3, 4",
    "SELECT e.person_id - (SELECT MIN(id) FROM people_person), e.source, e.source_ref, e.part, e.revision, e.hours, "
    "e.happened_on, a.title, a.kind FROM ledger_creditentry e JOIN ledger_activity a ON a.id = e.activity_id "
    "ORDER BY 1, 2, 3, 4, 5, 6",
)


def digest() -> str:
    """Everything that the generator decides, in one number."""
    hasher = hashlib.sha256()
    for sql in DUMPS:
        for row in asking.rows(sql):
            hasher.update(repr([str(value) for value in row]).encode())
    return hasher.hexdigest()


class SmallCityTests(TestCase):
    """One city for all of them."""

    @classmethod
    def setUpTestData(cls) -> None:
        """Load it."""
        load()

    def test_everybody_on_the_roll_at_the_end_of_2017_is_due_and_covered(self):
        due = asking.one(f"SELECT COUNT(*) FROM people_membership WHERE {asking.ON_ROLL}")
        assert due == SIZE.members
        assert asking.uncovered() == asking.not_due() == 0
        assert PersonYear.objects.filter(year=2017, due=True, covered=True).count() == due

    def test_every_grassroots_organisation_has_one_secretary_through_2017(self):
        assert asking.one(f"SELECT COUNT(*) FROM {asking.GRASSROOTS}") >= SIZE.organisations
        for day in ("2017-01-01", "2017-05-15", "2017-12-31"):
            assert asking.without_one_secretary(day) == 0
        twice = asking.rows(
            "SELECT person_id FROM people_post WHERE title = 'secretary' AND since <= '2017-12-31' "
            "GROUP BY person_id HAVING COUNT(*) > 1"
        )
        assert twice == []

    def test_key_classes_hold_their_sets_each_person_once(self):
        held, people, attendances = asking.classes("a.tier = 'city_key' AND a.programme_kind = 'key'")
        sets = [SIZE.fixed(n) for n in (69, 95, 88, 74, 50, 260, 69)]
        communities = asking.one("SELECT COUNT(*) FROM people_organisation WHERE sector = 'community'")
        assert people == attendances
        # Two townships at least, so that one can be merged.
        assert people == sum(sets) + communities + (2 - sets[0])
        assert 8 <= held <= 11

    def test_secretaries_and_special_classes(self):
        held, people, attendances = asking.classes(asking.SECRETARIES)
        assert people == attendances == asking.one(f"SELECT COUNT(*) FROM {asking.GRASSROOTS}")
        assert 30 <= held <= 34
        held, people, attendances = asking.classes("a.programme_kind = 'special' AND a.setting = 'field'")
        assert held == 7
        assert people == attendances == sum(SIZE.fixed(n) for n in (95, 74, 69, 454))

    def test_five_audiences_are_fully_reached(self):
        missing = {key: asking.missing_from_key_classes(*which) for key, which in asking.FULL_AUDIENCES.items()}
        assert missing == dict.fromkeys(asking.FULL_AUDIENCES, 0)

    def test_three_audiences_are_reached_in_part(self):
        missing = {key: asking.missing_from_key_classes(*which) for key, which in asking.PARTLY.items()}
        assert min(missing.values()) > 0

    def test_all_systems_and_actions_are_taught(self):
        assert asking.topics("working_system") == 11
        assert asking.topics("leading_action") == 6

    def test_2018_is_under_way_with_gaps(self):
        years = PersonYear.objects.filter(year=2018, due=True)
        share = years.filter(covered=True).count() / years.count()
        assert 0.6 < share < 0.98
        assert asking.one("SELECT COUNT(*) FROM ledger_creditentry WHERE happened_on > '2018-06-30'") == 0
        assert Succession.objects.filter(kind="merge").count() == 2
        assert CreditEntry.objects.filter(reverses__isnull=False).count() == 6
        assert CreditEntry.objects.filter(revision=2).count() == 2
        kinds = set(StatusPeriod.objects.values_list("kind", flat=True))
        assert kinds == {"floating", "lost", "exempt"}
        ended = asking.rows("SELECT DISTINCT ended_by FROM people_membership WHERE until > '2018-01-01'")
        assert ("transferred",) in ended
        assert set(ended) <= {("died",), ("left",), ("transferred",)}

    def test_people_are_believable(self):
        numbers = set()
        for identity in Identity.objects.select_related("person")[:300]:
            plain = open_box(bytes(identity.salt), identity.key_number).open(bytes(identity.citizen_number))
            read = citizen_number.parse(plain)
            assert read.birth == identity.person.birth_date
            assert read.sex[0] == identity.person.gender
            numbers.add(plain)
        assert len(numbers) == 300
        for person in Person.objects.all():
            assert (person.joined_party_on - person.birth_date).days > 17.9 * 365.25
        small = asking.rows(
            "SELECT organisation_id FROM people_membership WHERE until IS NULL AND status = 'full' "
            "GROUP BY organisation_id HAVING COUNT(*) < 3"
        )
        assert small == []

    def test_the_ledger_is_sealed_and_nothing_is_stale(self):
        result = verify()
        assert result.intact
        assert result.unsealed == 0
        assert Seal.objects.count() > 0
        assert not StaleBranch.objects.exists()

    def test_one_login_a_role_and_one_hash_for_all(self):
        accounts = Account.objects.exclude(demo_role="")
        assert list(accounts.order_by("pk").values_list("login", flat=True)) == [
            "member",
            "secretary",
            "manager",
            "township",
            "county",
            "city",
            "leader",
            "auditor",
            "admin",
        ]
        assert accounts.values("password").distinct().count() == 1
        secretary = accounts.get(login="secretary")
        branch = secretary.grants.get().organisation
        assert secretary.person.posts.filter(title="secretary", organisation=branch, until=None).exists()
        assert PersonYear.objects.filter(branch=branch, year=2018, due=True, covered=False).exists()

    def test_the_city_says_what_it_is_and_is_not_made_twice(self):
        state = demo_state()
        assert (state.scale, state.seed, state.finished) == (SCALE, 1, True)
        with pytest.raises(DemoRefused):
            load()

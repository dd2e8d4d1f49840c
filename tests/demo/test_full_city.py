"""The city at full size has exactly the figures of the account, counted over raw tables."""

from datetime import UTC, datetime

import pytest
from django.test import TestCase

from peixun.demo.operations import load_city
from tests.demo import asking

pytestmark = pytest.mark.long


class FullCityTests(TestCase):
    """One city for all of them."""

    @classmethod
    def setUpTestData(cls) -> None:
        """Load it."""
        load_city(scale=1.0, seed=6204, at=datetime(2018, 6, 30, tzinfo=UTC), progress=lambda *_: None)

    def test_members_are_all_due_and_all_covered(self):
        assert asking.one(f"SELECT COUNT(*) FROM people_membership WHERE {asking.ON_ROLL}") == 98012
        assert asking.uncovered() == asking.not_due() == 0

    def test_places_are_the_real_ones(self):
        def count(condition: str) -> int:
            return asking.one(f"SELECT COUNT(*) FROM people_organisation o WHERE {condition}")

        assert count("o.level = 'township' AND o.sector = 'village'") == 69
        assert count("o.level = 'township' AND o.sector = 'community'") == 9
        assert count("o.level = 'grassroots' AND o.sector = 'community'") == 158
        assert count("o.level = 'grassroots' AND o.sector = 'village'") == 702
        assert count(asking.tagged("建档立卡贫困村")) == 260
        assert count(asking.tagged("中心小学")) == 69
        assert count("o.level IN ('township', 'grassroots')") == 4256

    def test_grassroots_organisations_have_one_secretary_through_2017(self):
        for day in ("2017-01-01", "2017-07-01", "2017-12-31"):
            assert asking.without_one_secretary(day) == 0

    def test_key_classes(self):
        assert asking.classes("a.tier = 'city_key' AND a.programme_kind = 'key'") == (11, 872, 872)
        by_audience = {
            audience: asking.classes(f"a.programme_kind = 'key' AND a.audience = '{audience}'")[:2]
            for audience in [*asking.FULL_AUDIENCES, *asking.PARTLY]
        }
        assert by_audience == {
            "township_secretaries": (1, 69),
            "community_secretaries": (2, 167),
            "city_organ_secretaries": (1, 95),
            "school_secretaries": (1, 88),
            "non_public_secretaries": (1, 74),
            "social_secretaries": (1, 50),
            "first_secretaries": (3, 260),
            "office_heads": (1, 69),
        }

    def test_exactly_five_audiences_are_fully_reached(self):
        missing = {
            key: asking.missing_from_key_classes(*which)
            for key, which in (asking.FULL_AUDIENCES | asking.PARTLY).items()
        }
        assert {key for key, count in missing.items() if count == 0} == set(asking.FULL_AUDIENCES)

    def test_classes_of_secretaries(self):
        assert asking.classes(asking.SECRETARIES) == (34, 4256, 4256)
        assert asking.classes(asking.SECRETARIES_KEY) == (7, 543, 543)
        assert asking.classes("a.programme_kind = 'rotation'") == (27, 3713, 3713)
        outsiders = asking.one(
            f"SELECT COUNT(DISTINCT e.person_id) FROM {asking.ENTRIES} AND a.kind = 'class' AND {asking.SECRETARIES} "
            "AND e.person_id NOT IN (SELECT p.person_id FROM people_post p JOIN people_organisation o "
            "ON o.id = p.organisation_id WHERE p.title = 'secretary' AND o.level IN ('township', 'grassroots'))"
        )
        assert outsiders == 0

    def test_special_classes_off_the_city(self):
        special = "a.programme_kind = 'special' AND a.setting = 'field' AND a.place = '延安南泥湾干部培训学院'"
        assert asking.classes(special) == (7, 692, 692)
        assert (
            asking.one(
                f"SELECT COUNT(*) FROM {asking.ENTRIES} AND a.programme_kind = 'special' AND a.starts_on < '2017-10-01'"
            )
            == 0
        )
        shares = dict(
            asking.rows(
                "SELECT p.title, COUNT(DISTINCT p.person_id) FROM people_post p WHERE p.title IN "
                "('secretary', 'party_worker') AND p.since <= '2017-12-31' AND p.person_id IN ("
                f"SELECT e.person_id FROM {asking.ENTRIES} AND a.programme_kind = 'special') GROUP BY p.title"
            )
        )
        assert shares == {"secretary": 95 + 74 + 69, "party_worker": 454}

    def test_curriculum(self):
        assert asking.topics("working_system") == 11
        assert asking.topics("leading_action") == 6

    def test_credits_are_about_a_million(self):
        assert 950_000 < asking.one("SELECT COUNT(*) FROM ledger_creditentry") < 1_050_000
        assert asking.one("SELECT COUNT(*) FROM ledger_activity") <= 60_000

    def test_fulfilment_is_uneven(self):
        shares = [
            share
            for (share,) in asking.rows(
                "SELECT AVG(CASE WHEN y.fulfilled THEN 1.0 ELSE 0.0 END) FROM coverage_personyear y "
                "JOIN people_organisation o ON o.id = y.branch_id WHERE y.year = 2017 AND y.due "
                "AND o.sector = 'village' GROUP BY o.parent_id"
            )
        ]
        assert min(shares) < 0.7
        assert max(shares) > 0.9
        total = asking.rows(
            "SELECT AVG(CASE WHEN fulfilled THEN 1.0 ELSE 0.0 END) FROM coverage_personyear WHERE year = 2017 AND due"
        )[0][0]
        assert 0.7 < total < 0.9

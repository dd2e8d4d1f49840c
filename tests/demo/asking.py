"""Questions to the raw tables, independent of the rooms that answer them in the product."""

import json

from django.db import connection


def one(sql: str, *parameters: object) -> int:
    """The single number that a statement returns."""
    return rows(sql, *parameters)[0][0]


def rows(sql: str, *parameters: object) -> list[tuple]:
    """What a statement returns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


ON_ROLL = "since <= '2017-12-31' AND (until IS NULL OR until > '2017-12-31')"
IN_2017 = "e.happened_on BETWEEN '2017-01-01' AND '2017-12-31'"
EFFECTIVE = "e.reverses_id IS NULL AND NOT EXISTS (SELECT 1 FROM ledger_creditentry r WHERE r.reverses_id = e.id)"
ENTRIES = f"ledger_creditentry e JOIN ledger_activity a ON a.id = e.activity_id WHERE {EFFECTIVE} AND {IN_2017}"
GRASSROOTS = "people_organisation o WHERE o.level IN ('township', 'grassroots')"


def classes(condition: str) -> tuple[int, int, int]:
    """Classes of 2017 that fit, people in them, and the days of attendance of whoever has most."""
    sql = (
        f"SELECT COUNT(DISTINCT a.id), COUNT(DISTINCT e.person_id), COUNT(DISTINCT (a.id * 1000000 + e.person_id)) "
        f"FROM {ENTRIES} AND a.kind = 'class' AND {condition}"
    )
    return rows(sql)[0]


def uncovered() -> int:
    """Members on the roll on the last day of 2017 without a credit of that year."""
    return one(
        f"SELECT COUNT(*) FROM people_membership m WHERE {ON_ROLL} AND NOT EXISTS ("
        f"SELECT 1 FROM ledger_creditentry e WHERE e.person_id = m.person_id AND {EFFECTIVE} AND {IN_2017})"
    )


def not_due() -> int:
    """Members on the roll on the last day of 2017 who are lost or exempt on it."""
    return one(
        f"SELECT COUNT(*) FROM people_membership m WHERE {ON_ROLL} AND EXISTS ("
        "SELECT 1 FROM people_statusperiod s WHERE s.person_id = m.person_id AND s.kind IN ('lost', 'exempt') "
        "AND s.since <= '2017-12-31' AND (s.until IS NULL OR s.until > '2017-12-31'))"
    )


def without_one_secretary(day: str) -> int:
    """Grassroots organisations that don't have exactly one secretary on a day."""
    return one(
        f"SELECT COUNT(*) FROM {GRASSROOTS} AND (o.closed_on IS NULL OR o.closed_on > %s) AND 1 <> ("
        "SELECT COUNT(*) FROM people_post p WHERE p.organisation_id = o.id AND p.title = 'secretary' "
        "AND p.since <= %s AND (p.until IS NULL OR p.until > %s))",
        day,
        day,
        day,
    )


def missing_from_key_classes(title: str, condition: str) -> int:
    """People who hold a post on the last day of 2017 in organisations that fit, and were in no key class.

    The condition is one of SQL or a tag.
    """
    if "o." not in condition:
        condition = tagged(condition)
    return one(
        f"SELECT COUNT(DISTINCT p.person_id) FROM people_post p JOIN people_organisation o ON o.id = p.organisation_id "
        f"WHERE p.title = %s AND p.since <= '2017-12-31' AND (p.until IS NULL OR p.until > '2017-12-31') "
        f"AND {condition} AND p.person_id NOT IN (SELECT e.person_id FROM {ENTRIES} AND a.tier = 'city_key' "
        "AND a.programme_kind = 'key')",
        title,
    )


def tagged(tag: str) -> str:
    """The condition of the organisations with a tag (JSON is written with or without escapes)."""
    found = [
        str(pk)
        for pk, tags in rows("SELECT id, CAST(tags AS text) FROM people_organisation")
        if tag in json.loads(tags)
    ]
    return f"o.id IN ({','.join(found)})"


FULL_AUDIENCES = {
    "township_secretaries": ("secretary", "o.level = 'township' AND o.sector = 'village'"),
    "community_secretaries": (
        "secretary",
        "o.sector = 'community' AND o.level IN ('township', 'grassroots')",
    ),
    "city_organ_secretaries": ("secretary", "市直机关"),
    "first_secretaries": ("first_secretary", "建档立卡贫困村"),
    "office_heads": ("office_head", "o.level = 'township'"),
}
PARTLY = {
    "school_secretaries": ("secretary", "o.sector = 'school' AND o.level = 'grassroots'"),
    "non_public_secretaries": ("secretary", "o.sector = 'non_public' AND o.level = 'grassroots'"),
    "social_secretaries": ("secretary", "o.sector = 'social' AND o.level = 'grassroots'"),
}
SECRETARIES_KEY = "a.programme_kind = 'key' AND a.audience NOT IN ('first_secretaries', 'office_heads')"
SECRETARIES = f"(a.programme_kind = 'rotation' OR ({SECRETARIES_KEY}))"


def topics(group: str) -> int:
    """Topics of a group that activities of 2017 taught to somebody."""
    keys = [key for (key,) in rows('SELECT "key" FROM catalog_topic WHERE "group" = %s', group)]
    return sum(
        one(f"SELECT COUNT(*) FROM {ENTRIES} AND CAST(a.topics AS text) LIKE %s", f'%"{key}"%') > 0 for key in keys
    )

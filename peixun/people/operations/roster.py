"""Bringing the roll up to what a roster says, thousands of persons at a time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Min

from peixun.kernel import bulk
from peixun.kernel.pinyin import full_pinyin, initials
from peixun.people import hooks
from peixun.people.models import Identity, Membership, Organisation, OrganisationVersion, Person, Post, StatusPeriod
from peixun.people.operations import audit
from peixun.people.operations.enrolment import IDENTITY_COLUMNS, PERSON_COLUMNS
from peixun.people.queries.places import place_of_organisations, place_of_persons
from peixun.people.queries.scope import Actor
from peixun.people.sealed_box import lookups, open_box

MEMBERSHIP_COLUMNS = ("person", "organisation", "status", "since", "until", "ended_by")
FACTS = frozenset(PERSON_COLUMNS) - {"pinyin", "initials"} | {"rank"}
SECRETS = frozenset({"phone", "landline", "address"})
AT_ONCE = 2000


@transaction.atomic
def change_persons(changes: Mapping[int, Mapping[str, Any]], *, by: Actor, at: datetime) -> None:
    """This operation will change facts about persons: any of `FACTS`, and `SECRETS` in plain text, by person id.

    Raises ValueError for a fact that no person has.
    """
    if unknown := {name for facts in changes.values() for name in facts} - FACTS - SECRETS:
        raise ValueError(f"no such facts about persons: {', '.join(sorted(unknown))}")
    if not changes:
        return
    for chunk in bulk.chunks(changes, AT_ONCE):
        _write_facts([pk for pk in chunk if changes[pk].keys() & FACTS], changes)
        _write_secrets([pk for pk in chunk if changes[pk].keys() & SECRETS], changes)
    names = sorted({name for facts in changes.values() for name in facts})
    place = place_of_persons(changes.keys())
    audit.record(
        by=by, at=at, action="change", subject="person", organisation_id=place, count=len(changes), fields=names
    )
    ranked = {pk for pk, facts in changes.items() if "rank" in facts}
    hooks.changed.fire(ranked)


def _write_facts(ids: Sequence[int], changes: Mapping[int, Mapping[str, Any]]) -> None:
    names = [*PERSON_COLUMNS, *(["rank"] if "rank" not in PERSON_COLUMNS else [])]
    rows = []
    for values in Person.objects.filter(pk__in=ids).values("pk", *names):
        values |= {name: value for name, value in changes[values["pk"]].items() if name in FACTS}
        values["pinyin"], values["initials"] = full_pinyin(values["name"]), initials(values["name"])
        rows.append([values["pk"], *(values[name] for name in names)])
    bulk.insert(Person, ("id", *names), rows, update_on=("id",))


def _write_secrets(ids: Sequence[int], changes: Mapping[int, Mapping[str, Any]]) -> None:
    rows = []
    keyed = lookups()
    for values in Identity.objects.filter(pk__in=ids).values(*IDENTITY_COLUMNS):
        box = open_box(bytes(values["salt"]), values["key_number"])
        for name in changes[values["person"]].keys() & SECRETS:
            text = changes[values["person"]][name]
            values[name] = box.close(text) if text else None
            if name == "phone":
                values["phone_lookup"] = keyed.exact("phone", text) if text else None
                values["phone_last4"] = keyed.last4("phone4", text) if text else None
        rows.append([values[name] for name in IDENTITY_COLUMNS])
    bulk.insert(Identity, IDENTITY_COLUMNS, rows, update_on=("person",))


@dataclass(frozen=True, slots=True)
class NewMembership:
    """A membership to begin."""

    person_id: int
    organisation_id: int
    status: str
    since: date


@transaction.atomic
def begin_memberships(memberships: Sequence[NewMembership], *, by: Actor, at: datetime) -> None:
    """This operation will begin memberships of persons who have none.

    The database refuses a second one on the same days (IntegrityError).
    """
    if not memberships:
        return
    bulk.insert(Membership, MEMBERSHIP_COLUMNS, _rows(memberships))
    place = place_of_organisations({m.organisation_id for m in memberships})
    audit.record(by=by, at=at, action="begin", subject="membership", organisation_id=place, count=len(memberships))
    hooks.changed.fire({m.person_id for m in memberships})


def _rows(memberships: Iterable[NewMembership]) -> Iterable[tuple[Any, ...]]:
    return ((m.person_id, m.organisation_id, m.status, m.since, None, "") for m in memberships)


@transaction.atomic
def restate_memberships(memberships: Sequence[NewMembership], *, by: Actor, at: datetime) -> None:
    """This operation will replace open memberships from `since` on: another branch, or another status.

    One that began on that day or later is corrected in place, so that a roster can be put right on the same day.
    """
    if not memberships:
        return
    wanted = {m.person_id: m for m in memberships}
    places = {m.organisation_id for m in memberships}
    begun: list[NewMembership] = []
    for chunk in bulk.chunks(wanted, AT_ONCE):
        ended, corrected = [], []
        for row in Membership.objects.filter(person__in=chunk, until__isnull=True):
            places.add(row.organisation_id)
            new = wanted[row.person_id]
            if row.since >= new.since:
                row.organisation_id, row.status = new.organisation_id, new.status
                corrected.append(row)
                continue
            row.until = new.since
            row.ended_by = "transferred" if row.organisation_id != new.organisation_id else "status"
            ended.append(row)
            begun.append(new)
        Membership.objects.bulk_update(corrected, ["organisation", "status"], batch_size=500)
        Membership.objects.bulk_update(ended, ["until", "ended_by"], batch_size=500)
    bulk.insert(Membership, MEMBERSHIP_COLUMNS, _rows(begun))
    audit.record(
        by=by,
        at=at,
        action="restate",
        subject="membership",
        organisation_id=place_of_organisations(places),
        count=len(wanted),
        persons=list(wanted)[:200],
    )
    hooks.changed.fire(wanted.keys())


@transaction.atomic
def end_statuses(periods: Mapping[int, date], *, by: Actor, at: datetime) -> None:
    """This operation will end dated statuses by id, each on its day; one that began on that day or later goes."""
    if not periods:
        return
    persons: set[int] = set()
    for chunk in bulk.chunks(periods, AT_ONCE):
        ended: list[StatusPeriod] = []
        gone: list[StatusPeriod] = []
        for row in StatusPeriod.objects.filter(pk__in=chunk):
            persons.add(row.person_id)
            row.until = periods[row.pk]
            (gone if row.since >= periods[row.pk] else ended).append(row)
        StatusPeriod.objects.bulk_update(ended, ["until"], batch_size=500)
        StatusPeriod.objects.filter(pk__in=[row.pk for row in gone]).delete()
    place = place_of_persons(persons)
    audit.record(by=by, at=at, action="end_status", subject="person", organisation_id=place, count=len(periods))
    hooks.changed.fire(persons)


@transaction.atomic
def change_posts(changes: Mapping[int, Mapping[str, Any]], *, by: Actor, at: datetime) -> None:
    """This operation will change `until` or `rank` of posts by id."""
    if not changes:
        return
    posts = list(Post.objects.filter(pk__in=list(changes)))
    for post in posts:
        for name, value in changes[post.pk].items():
            setattr(post, name, value)
    Post.objects.bulk_update(posts, ["until", "rank"], batch_size=500)
    place = place_of_organisations({post.organisation_id for post in posts})
    audit.record(by=by, at=at, action="change", subject="post", organisation_id=place, count=len(posts))
    hooks.changed.fire({post.person_id for post in posts})


@transaction.atomic
def correct_founding(days: Mapping[int, date], *, by: Actor, at: datetime) -> None:
    """This operation will correct founding days by organisation id; the first version begins on that day.

    Raises ValueError when a first version ends on that day or before it.
    """
    if not days:
        return
    for pk, day in days.items():
        versions = OrganisationVersion.objects.filter(organisation=pk)
        first = versions.get(since=versions.aggregate(first=Min("since"))["first"])
        if first.until is not None and first.until <= day:
            raise ValueError("the first version ended before that day")
        versions.filter(pk=first.pk).update(since=day)
    _set_founded(days)
    audit.record(
        by=by,
        at=at,
        action="correct_founding",
        subject="organisation",
        organisation_id=place_of_organisations(days.keys()),
        organisations=list(days)[:200],
    )
    hooks.structure_changed.fire()


def _set_founded(days: Mapping[int, date]) -> None:
    rows: Collection[Organisation] = [Organisation(pk=pk, founded_on=day) for pk, day in days.items()]
    Organisation.objects.bulk_update(rows, ["founded_on"], batch_size=500)

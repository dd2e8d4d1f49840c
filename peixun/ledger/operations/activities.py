"""Opening activities: every source describes what took place before it posts hours for it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from django.db import transaction

from peixun.kernel import bulk
from peixun.ledger import rules
from peixun.ledger.models import Activity

ActivityKey = tuple[str, str, str]


class ActivityConflict(Exception):
    """A known activity key came with other content."""

    def __init__(self, keys: Sequence[ActivityKey]) -> None:
        super().__init__(f"{len(keys)} activities are known with other content: {keys[:3]}")
        self.keys = list(keys)


@dataclass(frozen=True, slots=True)
class NewActivity:
    """An activity as a source describes it. Topics are keys of the catalog; dimensions may be empty."""

    source_kind: str
    source: str
    reference: str
    kind: str
    title: str
    organiser_id: int
    tier: str
    starts_on: date
    ends_on: date
    programme: str = ""
    programme_kind: str = ""
    audience: str = ""
    place: str = ""
    mode: str = ""
    topics: tuple[str, ...] = ()
    delivery: str = ""
    setting: str = ""
    strand: str = ""
    example: str = ""

    @property
    def key(self) -> ActivityKey:
        """What makes it the same activity."""
        return (self.source_kind, self.source, self.reference)

    def digest(self) -> bytes:
        """The digest of its content."""
        return activity_digest(*(getattr(self, name) for name in NAMES))


NAMES = tuple(field.name for field in fields(NewActivity))


def activity_digest(*values: object) -> bytes:
    """The digest over an activity's fields in the order of `NAMES`; dates in ISO form, topics joined."""
    return rules.digest(",".join(v) if isinstance(v, (tuple, list)) else v for v in values)


@transaction.atomic
def open_activities(activities: Sequence[NewActivity]) -> dict[ActivityKey, int]:
    """This operation will open the activities that aren't known yet and return the id of each by its key.

    Raises ActivityConflict when a known key comes with other content; then nothing is written.
    """
    wanted = {activity.key: activity for activity in activities}
    if any(wanted[a.key] != a for a in activities):
        raise ActivityConflict([a.key for a in activities if wanted[a.key] != a])
    digests = {key: activity.digest() for key, activity in wanted.items()}
    columns = ["topics" if name == "topics" else _column(name) for name in NAMES]
    written = bulk.insert(
        Activity,
        [*columns, "digest"],
        ([*_values(activity), digests[key]] for key, activity in wanted.items()),
        ignore_conflicts=True,
        returning=("id", "source_kind", "source", "reference"),
    )
    ids: dict[ActivityKey, int] = {(k, s, r): row_id for row_id, k, s, r in written}
    missing = [key for key in wanted if key not in ids]
    if missing:
        conflicts = []
        for row in _known(missing):
            ids[row[1]] = row[0]
            if bytes(row[2]) != digests[row[1]]:
                conflicts.append(row[1])
        if conflicts:
            raise ActivityConflict(conflicts)
    return ids


def _column(name: str) -> str:
    return "organiser" if name == "organiser_id" else name


def _values(activity: NewActivity) -> list[object]:
    return [
        json.dumps(list(value), ensure_ascii=False) if isinstance(value, tuple) else value
        for value in (getattr(activity, name) for name in NAMES)
    ]


def _known(keys: Sequence[ActivityKey]) -> list[tuple[int, ActivityKey, bytes]]:
    found: list[tuple[int, ActivityKey, bytes]] = []
    wanted = set(keys)
    for chunk in bulk.chunks(keys, 500):
        rows = Activity.objects.filter(
            source_kind__in={k[0] for k in chunk},
            source__in={k[1] for k in chunk},
            reference__in={k[2] for k in chunk},
        ).values_list("id", "source_kind", "source", "reference", "digest")
        found.extend((r[0], (r[1], r[2], r[3]), bytes(r[4])) for r in rows if (r[1], r[2], r[3]) in wanted)
    return found

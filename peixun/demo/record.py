"""What the generator hands to the ledger: activities first, then credits, in batches."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from peixun.demo.people import Member
from peixun.ledger.operations import NewActivity, NewCredit, open_activities, post
from peixun.people.queries.scope import Actor

BATCH = 20000


class Held(NamedTuple):
    """An activity that was opened: its id and the parts of its key that its credits share."""

    id: int
    source_kind: str
    source: str
    reference: str
    day: date


@dataclass
class Recorder:
    """Opens activities and posts credits; the same reference within a source is the same activity."""

    by: Actor
    at: datetime
    pending: list[NewCredit] = field(default_factory=list)
    posted: int = 0
    activities: int = 0

    def open(self, activities: list[NewActivity]) -> list[Held]:
        """Open activities and return them in the same order."""
        ids = open_activities(activities)
        self.activities += len(activities)
        return [Held(ids[a.key], a.source_kind, a.source, a.reference, a.starts_on) for a in activities]

    def credit(self, held: Held, member: Member, quarters: int) -> None:
        """A person earned hours from an activity on its day."""
        self.pending.append(
            NewCredit(held.source_kind, held.source, held.reference, member.id, held.id, held.day, quarters)
        )

    def flush_if_full(self) -> None:
        """Post when a batch has gathered."""
        if len(self.pending) >= BATCH:
            self.flush()

    def class_days(self, held: Held, member: Member, days: Iterable[tuple[int, date]]) -> None:
        """A person attended these days of a class: eight hours each, one credit a day."""
        for number, day in days:
            self.pending.append(
                NewCredit(
                    held.source_kind,
                    held.source,
                    held.reference,
                    member.id,
                    held.id,
                    day,
                    32,
                    part=f"d{number}",
                )
            )
        self.flush_if_full()

    def flush(self) -> None:
        """Post what is pending."""
        if self.pending:
            self.posted += post(self.pending, by=self.by, at=self.at).written
            self.pending = []

"""Who was due and who was trained when a version was issued, kept small; who came, left and was trained since.

Numbers alone don't say why a figure moved: with both rolls at hand every person of the change has one reason.
"""

import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from peixun.reports.queries.records import YearRecords


def packed(year: YearRecords) -> bytes:
    """The ids of everybody who is due, each with whether they are trained: deltas in seven-bit steps, compressed."""
    found = bytearray()
    last = 0
    for person in sorted(year.roll.due):
        value = (person - last) * 2 + (person in year.attended.covered)
        last = person
        while value > 0x7F:
            found.append(value & 0x7F | 0x80)
            value >>= 7
        found.append(value)
    return zlib.compress(bytes(found), 9)


def unpacked(data: bytes) -> dict[int, bool]:
    """Whether each person who was due was trained, by id."""
    found: dict[int, bool] = {}
    person = 0
    for value in _values(zlib.decompress(data)):
        person += value >> 1
        found[person] = bool(value & 1)
    return found


def _values(data: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        if byte & 0x80:
            shift += 7
        else:
            yield value
            value = shift = 0


@dataclass(frozen=True, slots=True)
class PeopleMoved:
    """How the numbers of due and trained people moved, in people.

    `merged` of those who left are records that were merged into another one. `newly` and `no_longer` are people who
    were due both times: for them only entries (or a merger that brought some) can have changed it. So
    due after = before + arrived − left, trained after = before + newly − no_longer + arrived_trained − left_trained.
    """

    arrived: int
    left: int
    merged: int
    newly: int
    no_longer: int
    arrived_trained: int
    left_trained: int

    def as_json(self) -> dict[str, int]:
        """What is frozen with a version."""
        return asdict(self)


def people_moved(before: dict[int, bool], year: YearRecords) -> PeopleMoved:
    """Who came, left and was trained since a version."""
    due, covered = year.roll.due, year.attended.covered
    arrived = [person for person in due if person not in before]
    left = [person for person in before if person not in due]
    stayed = [person for person in due if person in before]
    return PeopleMoved(
        arrived=len(arrived),
        left=len(left),
        merged=sum(person in year.roll.aliases for person in left),
        newly=sum(person in covered and not before[person] for person in stayed),
        no_longer=sum(person not in covered and before[person] for person in stayed),
        arrived_trained=sum(person in covered for person in arrived),
        left_trained=sum(before[person] for person in left),
    )

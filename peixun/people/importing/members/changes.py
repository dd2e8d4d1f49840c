"""What one row of a roster changes about one person."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from peixun.kernel.cells import CellError
from peixun.kernel.imports import Draft
from peixun.people.importing.members import rows as columns
from peixun.people.importing.members.known import FACT_NAMES, Known, KnownMembership, KnownStatus
from peixun.people.importing.members.rows import YOUNGEST, age_day
from peixun.people.importing.words import ON_THE_ROLL
from peixun.people.models import MembershipStatus, Organisation, StatusKind
from peixun.people.operations.enrolment import NewPerson
from peixun.people.operations.memberships import NewStatus
from peixun.people.operations.roster import NewMembership

Differences = list[tuple[str, str, str]]
End = tuple[int, date, str, int | None]

_COLUMNS = dict(
    zip(
        FACT_NAMES,
        (
            columns.NAME,
            columns.GENDER,
            columns.BIRTH,
            columns.ETHNICITY,
            columns.EDUCATION,
            columns.OCCUPATION,
            columns.JOINED,
            columns.FULL,
        ),
        strict=True,
    )
)
_SECRETS = {"phone": columns.PHONE, "landline": columns.LANDLINE, "address": columns.ADDRESS}


@dataclass(slots=True)
class Work:
    """What to write."""

    new: list[NewPerson] = field(default_factory=list)
    # Statuses of new persons, by their position in `new`.
    new_statuses: list[tuple[int, str, date, str]] = field(default_factory=list)
    facts: dict[int, dict[str, Any]] = field(default_factory=dict)
    begin: list[NewMembership] = field(default_factory=list)
    restate: list[NewMembership] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    statuses: list[NewStatus] = field(default_factory=list)
    end_statuses: dict[int, date] = field(default_factory=dict)


def member_since(data: dict[str, Any], branch: Organisation) -> date:
    """The first day of a new member's membership.

    The day of joining the party, or the 18th birthday when that isn't told, but never before the branch was
    founded: a roster says where somebody belongs, not since when, and hours of earlier years must find a member.
    """
    joined: date | None = data["joined"]
    return max(joined or age_day(data["number"].birth, YOUNGEST), branch.founded_on)


class Changes:
    """Gathers the work of a whole file, row by row."""

    def __init__(self, known: Known, today: date, work: Work) -> None:
        self.work = work
        self._known = known
        self._today = today

    def enrol(self, draft: Draft, branch: Organisation) -> bool:
        """Take somebody unknown onto the roll; False when the row says that they aren't on it."""
        data = draft.data
        if data["standing"] not in {None, ON_THE_ROLL}:
            return False
        index = len(self.work.new)
        self.work.new.append(_new_person(data, branch))
        if data["lost"]:
            self.work.new_statuses.append((index, StatusKind.LOST, data["lost_on"] or self._today, ""))
        if data["floating"]:
            self.work.new_statuses.append((index, StatusKind.FLOATING, self._today, data["floating_to"] or ""))
        return True

    def change(self, draft: Draft, person_id: int, branch: Organisation) -> Differences:
        """Bring somebody known up to the row; what differs. Raises CellError when it can't be."""
        self._check_days(draft.data, person_id)
        told = self._facts(draft.data, person_id)
        told += self._membership(draft.data, person_id, branch)
        told += self._status(draft.data, person_id, StatusKind.LOST)
        told += self._status(draft.data, person_id, StatusKind.FLOATING)
        return told

    def _check_days(self, data: dict[str, Any], person_id: int) -> None:
        """A status that has ended can't begin again on the day on which it began before."""
        for kind, told, day in (
            (StatusKind.LOST, data["lost"], data["lost_on"] or self._today),
            (StatusKind.FLOATING, data["floating"], self._today),
        ):
            periods = self._known.statuses.get((person_id, kind), [])
            if told and periods and all(p.until for p in periods) and any(p.since == day for p in periods):
                raise CellError(_("同一天开始的这种状态已经登记并且结束，请核对日期"))

    def _facts(self, data: dict[str, Any], person_id: int) -> Differences:
        wanted = (
            data["name"],
            _gender(data),
            data["number"].birth,
            data["ethnicity"],
            data["education"],
            data["occupation"],
            data["joined"],
            data["full"],
        )
        known = self._known.facts[person_id]
        told: Differences = []
        changed: dict[str, Any] = {}
        if wanted != known:
            for name, now, before in zip(FACT_NAMES, wanted, known, strict=True):
                if now is not None and now != before:
                    changed[name] = now
                    told.append((_COLUMNS[name], str(before or ""), str(now)))
        identity = self._known.identities.get(person_id)
        if identity is not None:
            secrets = identity.differences(phone=data["phone"], landline=data["landline"], address=data["address"])
            changed |= secrets
            told += [(_SECRETS[name], "", _("（已更新）")) for name in secrets]
        if changed:
            self.work.facts[person_id] = changed
        return told

    def _membership(self, data: dict[str, Any], person_id: int, branch: Organisation) -> Differences:
        known = self._known.memberships.get(person_id)
        if data["standing"] not in {None, ON_THE_ROLL}:
            return self._leave(data["standing"], person_id, known)
        if known is None:
            self._begin(data, person_id, branch)
            return [(columns.BRANCH, "", branch.name)]
        told: Differences = []
        status = data["status"] or known.status
        since = self._today
        if branch.pk != known.organisation_id:
            told.append((columns.BRANCH, "", branch.name))
        if status != known.status:
            told.append((columns.STATUS, _label(known.status), _label(status)))
            if not told[:-1] and data["full"] and known.since < data["full"] <= self._today:
                since = data["full"]
        if told:
            self.work.restate.append(NewMembership(person_id, branch.pk, status, since))
        return told

    def _begin(self, data: dict[str, Any], person_id: int, branch: Organisation) -> None:
        left = self._known.left.get(person_id)
        since = max(self._today, left) if left else member_since(data, branch)
        status = data["status"] or MembershipStatus.FULL
        self.work.begin.append(NewMembership(person_id, branch.pk, status, since))

    def _leave(self, why: str, person_id: int, known: KnownMembership | None) -> Differences:
        if known is None:
            return []
        on = max(self._today, known.since + timedelta(days=1))
        self.work.ends.append((person_id, on, why, None))
        return [(columns.STANDING, "", _("组织关系结束"))]

    def _status(self, data: dict[str, Any], person_id: int, kind: str) -> Differences:
        """An empty cell leaves what is known; 否 ends it; 是 begins it, or corrects its day or its reason."""
        lost = kind == StatusKind.LOST
        told = data["lost" if lost else "floating"]
        if told is None:
            return []
        column = columns.LOST if lost else columns.FLOATING
        periods = self._known.statuses.get((person_id, kind), [])
        running = next((period for period in periods if period.until is None), None)
        if not told:
            if running is None:
                return []
            self.work.end_statuses[running.id] = self._today
            return [(column, _("是"), _("否"))]
        day, reason = (data["lost_on"], None) if lost else (None, data["floating_to"])
        if running is not None and (day or running.since, reason or running.reason) == (running.since, running.reason):
            return []
        self._restart(running, NewStatus(person_id, kind, day or self._today, reason=reason or ""))
        return [(column, _("是") if running else _("否"), reason or str(day or "") or _("是"))]

    def _restart(self, running: KnownStatus | None, new: NewStatus) -> None:
        if running is not None:
            # A correction of the day replaces the period; another reason begins a new one.
            self.work.end_statuses[running.id] = running.since if new.kind == StatusKind.LOST else new.since
        self.work.statuses.append(new)


def _gender(data: dict[str, Any]) -> str:
    return "m" if data["number"].sex == "male" else "f"


def _label(status: str) -> str:
    return str(MembershipStatus(status).label)


def _new_person(data: dict[str, Any], branch: Organisation) -> NewPerson:
    return NewPerson(
        name=data["name"],
        citizen_number=data["number"].number,
        gender=_gender(data),
        birth_date=data["number"].birth,
        ethnicity=data["ethnicity"] or "",
        education=data["education"] or "",
        occupation=data["occupation"] or "",
        joined_party_on=data["joined"],
        full_member_on=data["full"],
        phone=data["phone"] or "",
        landline=data["landline"] or "",
        address=data["address"] or "",
        organisation_id=branch.pk,
        status=data["status"] or MembershipStatus.FULL.value,
        member_since=member_since(data, branch),
    )

"""Activities and credits as other systems report them: checked in the reporter's scope, then opened and posted."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.catalog.models import ActivityKind, Topic
from peixun.ledger.models import Activity, CreditEntry
from peixun.ledger.operations.activities import NewActivity, open_activities
from peixun.ledger.operations.posting import NewCredit, NotReversible, PostResult, post, reverse
from peixun.people.importing.persons import persons_by_lookup
from peixun.people.models import Organisation
from peixun.people.operations import audit
from peixun.people.queries.places import place_of_organisations
from peixun.people.queries.roll import PersonRoll, load_roll
from peixun.people.queries.scope import Actor, Permission

SOURCE_KIND = "api"
QUARTERS_A_DAY = 24 * 4
# Kinds whose hours over many days may stand on one of them.
SUMS = frozenset(
    {
        ActivityKind.CLASS,
        ActivityKind.IN_HOUSE,
        ActivityKind.TEACHING,
        ActivityKind.ONLINE_LESSON,
        ActivityKind.OTHER,
    }
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one item can't be taken: its position, the name of the value, the reason for people."""

    position: int
    name: str
    reason: str


class Refused(Exception):
    """Some items can't be taken; nothing was written."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(f"{len(refusals)} items can't be taken")
        self.refusals = list(refusals)


@dataclass(frozen=True, slots=True)
class ReportedCredit:
    """A credit as it is reported: the person by id or by the keyed hash of the citizen number (`citizen`), the
    activity by id or by the reference under which the API opened it. `quarters` of an hour."""

    reference: str
    happened_on: date
    quarters: int
    person_id: int | None = None
    citizen: bytes | None = None
    activity_id: int | None = None
    activity_reference: str | None = None
    revision: int = 1


@transaction.atomic
def open_reported(new: NewActivity, *, organiser: Organisation, by: Actor, at: datetime) -> tuple[int, bool]:
    """This operation will open an activity of an organiser and return its id, and whether it is new.

    Raises OutOfScope unless the actor may import for the organiser, Refused for an organiser that was closed or a
    topic that doesn't exist, ActivityConflict for a known reference with other content.
    """
    by.require(Permission.IMPORT, organiser.path)
    refusals = []
    if organiser.closed_on is not None and new.ends_on >= organiser.closed_on:
        refusals.append(Refusal(0, "organiser", _("这个党组织当时已经撤销")))
    known_topics = set(Topic.objects.filter(key__in=new.topics).values_list("key", flat=True))
    if unknown := [topic for topic in new.topics if topic not in known_topics]:
        refusals.append(Refusal(0, "topics", _("没有这些主题：%(keys)s") % {"keys": _("、").join(unknown)}))
    if refusals:
        raise Refused(refusals)
    known = Activity.objects.filter(source_kind=new.source_kind, source=new.source, reference=new.reference).exists()
    activity_id = open_activities([new])[new.key]
    if not known:
        audit.record(
            by=by,
            at=at,
            action="open",
            subject="activity",
            subject_id=activity_id,
            organisation_id=organiser.pk,
            source_kind=new.source_kind,
        )
    return activity_id, not known


@transaction.atomic
def post_reported(
    items: Sequence[ReportedCredit], *, by: Actor, at: datetime, today: date, late_reason: str = ""
) -> PostResult:
    """This operation will post reported credits: all of them, or none.

    The activity's organiser, and the branch to which the person belonged on the day, must lie where the actor may
    import. Raises Refused with every item that can't be taken, CreditConflict for known keys with other content, and
    YearClosed for new ones of a closed year without a `late_reason`.
    """
    intake = _Intake(items, by, Permission.IMPORT, today)
    credits = [intake.credit(position, item) for position, item in enumerate(items)]
    intake.check_revisions(credits)
    if intake.refusals:
        raise Refused(intake.refusals)
    result = post(intake.under_known_records(credits), by=by, at=at, late_reason=late_reason)
    if result.written:
        audit.record(
            by=by,
            at=at,
            action="post",
            subject="credit",
            organisation_id=place_of_organisations(_organisers(filter(None, credits))),
            source_kind=SOURCE_KIND,
            written=result.written,
            unchanged=result.unchanged,
        )
    return result


def _organisers(credits: Iterable[NewCredit]) -> set[int]:
    activities = Activity.objects.filter(pk__in={credit.activity_id for credit in credits})
    return set(activities.order_by().values_list("organiser_id", flat=True))


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to stand in place of a reversed entry."""

    happened_on: date
    quarters: int


@transaction.atomic
def reverse_reported(
    entry: CreditEntry, *, reason: str, correction: Correction | None, by: Actor, at: datetime, today: date
) -> tuple[int, int | None]:
    """This operation will reverse an entry and, where given, post what is right as its next revision; it returns the
    ids of the reversal and of the replacement.

    Raises NotReversible, Refused for a correction that can't be taken, and CreditConflict when the next revision is
    taken. Whoever calls has checked that the person is in scope.
    """
    if entry.reverses_id is not None:
        raise NotReversible("a reversal can't be reversed: post the next revision instead")
    replacement = None
    if correction is not None:
        item = ReportedCredit(
            entry.source_ref,
            correction.happened_on,
            correction.quarters,
            person_id=entry.person_id,
            activity_id=entry.activity_id,
        )
        intake = _Intake([item], by, Permission.REVERSE, today, organiser_matters=False)
        intake.credit(0, item)
        if intake.refusals:
            raise Refused(intake.refusals)
        replacement = NewCredit(
            entry.source_kind,
            entry.source,
            entry.source_ref,
            entry.person_id,
            entry.activity_id,
            correction.happened_on,
            correction.quarters,
            entry.part,
            entry.revision + 1,
        )
    reversal = reverse(entry, reason=reason, by=by, at=at, replacement=replacement)
    if replacement is None:
        return reversal.pk, None
    posted = CreditEntry.objects.get(
        person=entry.person_id,
        source_ref=entry.source_ref,
        source=entry.source,
        source_kind=entry.source_kind,
        part=entry.part,
        revision=entry.revision + 1,
        reverses=None,
    )
    return reversal.pk, posted.pk


@dataclass(slots=True)
class _Intake:
    """Finds what items name, in few queries, and gathers what can't be taken."""

    items: Sequence[ReportedCredit]
    actor: Actor
    permission: Permission
    today: date
    organiser_matters: bool = True
    refusals: list[Refusal] = field(default_factory=list)
    activities: dict[int, Activity] = field(init=False)
    by_reference: dict[str, list[Activity]] = field(init=False)
    rolls: dict[int, PersonRoll] = field(init=False)
    citizens: Mapping[bytes, int] = field(init=False)
    allowed: dict[int, bool] = field(init=False)

    def __post_init__(self) -> None:
        self.activities = self._activities()
        self.by_reference = defaultdict(list)
        for activity in self.activities.values():
            if activity.source_kind == SOURCE_KIND:
                self.by_reference[activity.reference].append(activity)
        self.citizens = persons_by_lookup({i.citizen for i in self.items if i.citizen is not None})
        told = {i.person_id for i in self.items if i.person_id is not None}
        by_main = load_roll(told | set(self.citizens.values()))
        self.rolls = {pk: roll for roll in by_main.values() for pk in roll.ids}
        places = {m.organisation_id for roll in by_main.values() for m in roll.memberships}
        paths = Organisation.objects.filter(pk__in=places).values_list("pk", "path")
        self.allowed = {pk: self.actor.may(self.permission, path) for pk, path in paths}

    def _activities(self) -> dict[int, Activity]:
        ids = {i.activity_id for i in self.items if i.activity_id is not None}
        references = {i.activity_reference for i in self.items if i.activity_reference is not None}
        rows = Activity.objects.select_related("organiser")
        found = rows.in_bulk(ids) if ids else {}
        if references:
            named = rows.filter(source_kind=SOURCE_KIND, reference__in=references)
            found |= {activity.pk: activity for activity in named}
        if self.organiser_matters:
            found = {pk: a for pk, a in found.items() if self.actor.may(self.permission, a.organiser.path)}
        return found

    def credit(self, position: int, item: ReportedCredit) -> NewCredit | None:
        """The credit that an item means, or None with the reasons noted."""
        before = len(self.refusals)
        self.refusals.extend(Refusal(position, name, reason) for name, reason in self._problems(item))
        activity, roll = self._activity(item), self._roll(item)
        if len(self.refusals) > before or activity is None or roll is None:
            return None
        return NewCredit(
            SOURCE_KIND,
            activity.organiser.code,
            item.reference,
            roll.person_id,
            activity.pk,
            item.happened_on,
            item.quarters,
            revision=item.revision,
        )

    def _activity(self, item: ReportedCredit) -> Activity | None:
        if item.activity_id is not None:
            return self.activities.get(item.activity_id)
        named = self.by_reference.get(item.activity_reference or "", [])
        return named[0] if len(named) == 1 else None

    def _roll(self, item: ReportedCredit) -> PersonRoll | None:
        person_id = item.person_id if item.citizen is None else self.citizens.get(item.citizen)
        return self.rolls.get(person_id) if person_id is not None else None

    def _problems(self, item: ReportedCredit) -> Iterator[tuple[str, str]]:
        yield from self._activity_problems(item)
        yield from self._person_problems(item)
        if item.happened_on > self.today:
            yield "happened_on", _("日期在将来")

    def _activity_problems(self, item: ReportedCredit) -> Iterator[tuple[str, str]]:
        activity = self._activity(item)
        if activity is None:
            name = "activity_id" if item.activity_id is not None else "activity_reference"
            several = len(self.by_reference.get(item.activity_reference or "", ())) > 1
            yield name, _("有几项活动用这个编号，请改用 activity_id") if several else _("没有这项活动")
            return
        if not activity.starts_on <= item.happened_on <= activity.ends_on:
            yield "happened_on", _("这一天不在活动的起止日期之内")
        if activity.kind not in SUMS and item.quarters > QUARTERS_A_DAY:
            yield "hours", _("一天里记不了这么多学时")

    def _person_problems(self, item: ReportedCredit) -> Iterator[tuple[str, str]]:
        name = "person_id" if item.citizen is None else "citizen_number"
        roll = self._roll(item)
        # Somebody outside of the scope looks as if there were no such person.
        if roll is None or not any(self.allowed[m.organisation_id] for m in roll.memberships):
            yield name, _("权限范围内没有这个人")
            return
        membership = roll.membership_on(item.happened_on)
        if membership is None:
            yield "happened_on", _("这一天此人没有组织关系")
        elif not self.allowed[membership.organisation_id]:
            yield "happened_on", _("这一天此人不在您的权限范围内")

    def check_revisions(self, credits: Sequence[NewCredit | None]) -> None:
        """A revision replaces one that was reversed: otherwise the same hours would stand twice."""
        later = {position: c for position, c in enumerate(credits) if c is not None and c.revision > 1}
        if not later:
            return
        reversed_keys = set(
            CreditEntry.objects.filter(
                source_kind=SOURCE_KIND,
                person__in=self._family(later.values()),
                source_ref__in={c.source_ref for c in later.values()},
                reverses__isnull=True,
                reversal__isnull=False,
            ).values_list("person_id", "source_ref", "source", "revision")
        )
        for position, c in later.items():
            ids = self.rolls[c.person_id].ids
            if not any((pk, c.source_ref, c.source, c.revision - 1) in reversed_keys for pk in ids):
                self.refusals.append(Refusal(position, "revision", _("前一版没有登记，或者没有冲销")))

    def under_known_records(self, credits: Sequence[NewCredit | None]) -> list[NewCredit]:
        """The credits, each for the record under which it was posted before a merger, so that a replay is harmless."""
        wanted = [c for c in credits if c is not None]
        merged = [c for c in wanted if len(self.rolls[c.person_id].ids) > 1]
        if not merged:
            return wanted
        rows = CreditEntry.objects.filter(
            source_kind=SOURCE_KIND,
            person__in=self._family(merged),
            source_ref__in={c.source_ref for c in merged},
            reverses__isnull=True,
        )
        known = set(rows.values_list("person_id", "source_ref", "source", "part", "revision"))
        return [self._known_record(c, known) for c in wanted]

    def _known_record(self, credit: NewCredit, known: Collection[tuple[object, ...]]) -> NewCredit:
        rest = (credit.source_ref, credit.source, credit.part, credit.revision)
        for pk in self.rolls[credit.person_id].ids:
            if (pk, *rest) in known:
                return NewCredit(
                    credit.source_kind,
                    credit.source,
                    credit.source_ref,
                    pk,
                    credit.activity_id,
                    credit.happened_on,
                    credit.quarters,
                    credit.part,
                    credit.revision,
                )
        return credit

    def _family(self, credits: Collection[NewCredit]) -> set[int]:
        return {pk for c in credits for pk in self.rolls[c.person_id].ids}

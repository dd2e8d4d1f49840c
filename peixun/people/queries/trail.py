"""The audit trail as it is read: who did what and who saw what, within a scope, newest first, page by page."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import BigIntegerField, Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast, TruncDate

from peixun.kernel.clock import ZONE
from peixun.people.models import AuditEntry, Membership, Organisation, Person
from peixun.people.queries.scope import Actor, Permission
from peixun.people.queries.visible import belonging, covers_everything, visible_persons
from peixun.people.words import SEEING, action_words, detail_words

PAGE = 50
AT_ONCE = 500
MOST_NAMESAKES = 500
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = re.compile(r"([0-9]{1,17})-([0-9]{1,18})")
_ABOUT = Case(
    When(subject="person", subject_id__regex=r"^[0-9]{1,18}$", then=Cast("subject_id", BigIntegerField())),
)
Cursor = tuple[datetime, int]
"""Where a page ends: the instant and the id of an entry."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty asks nothing. `persons` are ids of persons whom the entries are about."""

    since: date | None = None
    until: date | None = None
    actions: tuple[str, ...] = ()
    subject: str = ""
    who: str = ""
    persons: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry to be shown. `person` is the name where the reader may see it, "" elsewhere."""

    entry: AuditEntry
    what: str
    detail: str
    person_id: int | None
    person: str
    organisation: Organisation | None
    sees_organisation: bool

    @property
    def who(self) -> str:
        """The account, or the operating-system user behind a command."""
        return str(self.entry.account) if self.entry.account else self.entry.system_user


def trail(actor: Actor, wanted: Wanted, *, day: date) -> QuerySet[AuditEntry]:
    """The entries that an actor may see, newest first.

    Entries with an organisation belong to whoever may see the audit there; entries about a person also to whoever
    may where the person belongs on the day or belonged when it was done; all others to the root alone.
    """
    rows = AuditEntry.objects.select_related("account", "organisation").order_by("-at", "-pk").filter(_asked(wanted))
    paths = actor.paths(Permission.SEE_AUDIT)
    if not covers_everything(paths):
        about = Membership.objects.filter(belonging(paths), person=OuterRef("about"))
        today, then = _holds(day), _holds(OuterRef("done_on"))
        rows = rows.alias(about=_ABOUT, done_on=TruncDate("at", tzinfo=ZONE))
        rows = rows.filter(_under(paths) | Exists(about.filter(today | then)))
    return rows


def _under(paths: Collection[str]) -> Q:
    condition = Q(pk__in=[])
    for path in paths:
        condition |= Q(organisation__path__startswith=path)
    return condition


def _holds(day: date | OuterRef) -> Q:
    return Q(since__lte=day) & (Q(until__isnull=True) | Q(until__gt=day))


def _asked(wanted: Wanted) -> Q:
    condition = Q()
    if wanted.since:
        condition &= Q(at__gte=_midnight(wanted.since))
    if wanted.until:
        condition &= Q(at__lt=_midnight(wanted.until) + timedelta(days=1))
    if wanted.actions:
        condition &= Q(action__in=wanted.actions)
    if wanted.subject:
        condition &= Q(subject=wanted.subject)
    if wanted.who:
        who = wanted.who
        condition &= Q(account__login=who) | Q(account__display_name__contains=who) | Q(system_user=who)
    if wanted.persons is not None:
        condition &= Q(subject="person", subject_id__in=[str(pk) for pk in wanted.persons])
    return condition


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZONE)


def namesakes(actor: Actor, name: str) -> tuple[int, ...]:
    """The persons of a name whom an actor may see."""
    rows = visible_persons(actor, Permission.SEE_PEOPLE).filter(name=name).order_by("pk")
    return tuple(rows.values_list("pk", flat=True)[:MOST_NAMESAKES])


def names_seen(actor: Actor, person_ids: Collection[int]) -> dict[int, str]:
    """The names of those of these persons whom an actor may see."""
    rows: QuerySet[Person] = visible_persons(actor, Permission.SEE_PEOPLE).filter(pk__in=person_ids)
    return dict(rows.values_list("pk", "name"))


def cursor_text(entry: AuditEntry) -> str:
    """The cursor at an entry, for an address."""
    return f"{(entry.at - _EPOCH) // timedelta(microseconds=1)}-{entry.pk}"


def read_cursor(text: str) -> Cursor | None:
    """The cursor from an address; None for one that can't be read."""
    found = _CURSOR.fullmatch(text)
    return (_EPOCH + timedelta(microseconds=int(found[1])), int(found[2])) if found else None


def older(rows: QuerySet[AuditEntry], cursor: Cursor | None, size: int) -> list[AuditEntry]:
    """Entries after a cursor, newest first."""
    if cursor is not None:
        at, pk = cursor
        rows = rows.filter(Q(at__lt=at) | Q(pk__lt=pk), at__lte=at)
    return list(rows[:size])


def newer(rows: QuerySet[AuditEntry], cursor: Cursor, size: int) -> list[AuditEntry]:
    """Entries before a cursor, those next to it first."""
    at, pk = cursor
    rows = rows.filter(Q(at__gt=at) | Q(pk__gt=pk), at__gte=at)
    return list(rows.order_by("at", "pk")[:size])


def every(rows: QuerySet[AuditEntry]) -> Iterator[list[AuditEntry]]:
    """All entries in batches, newest first."""
    batch = older(rows, None, AT_ONCE)
    while batch:
        yield batch
        batch = older(rows, (batch[-1].at, batch[-1].pk), AT_ONCE) if len(batch) == AT_ONCE else []


def lines(entries: Sequence[AuditEntry], actor: Actor) -> list[Line]:
    """Entries with their words and with names, where the actor may see them."""
    about = {entry.pk: pk for entry in entries if (pk := person_of(entry)) is not None}
    names = names_seen(actor, set(about.values()))
    return [_line(entry, about.get(entry.pk), names, actor) for entry in entries]


def _line(entry: AuditEntry, person_id: int | None, names: dict[int, str], actor: Actor) -> Line:
    place = entry.organisation
    return Line(
        entry=entry,
        what=action_words(entry.action, entry.subject),
        detail=detail_words(entry.detail),
        person_id=person_id,
        person=names.get(person_id, "") if person_id is not None else "",
        organisation=place,
        sees_organisation=place is not None and actor.may(Permission.SEE_COVERAGE, place.path),
    )


def person_of(entry: AuditEntry) -> int | None:
    """The person whom an entry is about."""
    is_person = entry.subject == "person" and entry.subject_id.isascii() and entry.subject_id.isdecimal()
    return int(entry.subject_id) if is_person else None


def seen_by(person_ids: Iterable[int]) -> QuerySet[AuditEntry]:
    """By whom and when the data of these persons was opened, newest first; for the persons themselves."""
    rows = AuditEntry.objects.select_related("account", "organisation").order_by("-at", "-pk")
    return rows.filter(subject="person", subject_id__in=[str(pk) for pk in person_ids], action__in=SEEING)

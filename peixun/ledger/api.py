"""The room's part of the HTTP API: activities, credits, reversals, the sealed head."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router, Schema
from pydantic import Field, model_validator

from peixun.catalog.models import ActivityKind, Delivery, Example, ProgrammeKind, Setting, Strand, Tier
from peixun.kernel import clock
from peixun.kernel.api.answers import answer
from peixun.kernel.api.fields import (
    Body,
    BodyId,
    Code,
    Day,
    Id,
    Line,
    Paging,
    Quarters,
    Reference,
    Year,
    wrong,
)
from peixun.kernel.api.paging import Cursors
from peixun.kernel.api.problems import CONFLICT, INVALID, FieldError, Problem, not_found
from peixun.kernel.cells import CellError
from peixun.kernel.citizen_number import normalise
from peixun.ledger.models import Activity, CreditEntry
from peixun.ledger.operations import ActivityConflict, CreditConflict, NewActivity, NotReversible
from peixun.ledger.operations.reported import (
    SOURCE_KIND,
    Correction,
    Refused,
    ReportedCredit,
    open_reported,
    post_reported,
    reverse_reported,
)
from peixun.ledger.queries.activities import ActivityFilter, activities
from peixun.ledger.queries.seals import sealing
from peixun.people.bearer import ApiRequest, done_once, organisation_in_scope
from peixun.people.queries.scope import Permission
from peixun.people.queries.visible import main_record, may_see_person
from peixun.people.sealed_box import lookup

router = Router(tags=["台账"])
MOST_CREDITS = 2000


class ActivityOut(Schema):
    """An activity as it was opened."""

    id: int
    source_kind: str
    source: str
    reference: str
    kind: ActivityKind
    title: str
    organiser: str
    tier: Tier
    starts_on: date
    ends_on: date
    programme: str
    programme_kind: str
    audience: str
    place: str
    mode: str
    topics: list[str]
    delivery: str
    setting: str
    strand: str
    example: str


class ActivitiesOut(Schema):
    """A page of activities."""

    items: list[ActivityOut]
    next_cursor: str | None


class ActivitiesAsked(Paging):
    """Which activities."""

    org: Code | None = None
    year: Year | None = None
    kind: ActivityKind | None = None
    source_kind: Code | None = None
    reference: Reference | None = None


COLUMNS = tuple(name for name in ActivityOut.model_fields if name != "organiser")


@router.get("/activities", response=ActivitiesOut, summary="活动，按登记的先后")
def list_activities(request: ApiRequest, asked: Query[ActivitiesAsked]) -> HttpResponse:
    """Activities whose organiser is in scope; with `org`, those of its subtree; with `year`, those that touch it."""
    actor, cursors = request.auth.actor, Cursors(request)
    after = cursors.read(asked.cursor)
    organiser = organisation_in_scope(actor, asked.org, Permission.SEE_COVERAGE) if asked.org else None
    wanted = ActivityFilter(organiser, asked.year, asked.kind or "", asked.source_kind or "", asked.reference or "")
    rows = list(activities(actor, wanted, after=after[0] if after else 0)[: asked.limit + 1])
    return answer(cursors.page(rows, asked.limit, key=lambda row: [row.pk], show=_shown))


def _shown(row: Activity) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in COLUMNS}, "organiser": row.organiser.code}


class ActivityIn(Body):
    """What took place. `reference` names it within its organiser; `topics` are keys of the catalog."""

    reference: Reference
    kind: ActivityKind
    title: Annotated[Line, Field(min_length=1)]
    organiser: Code
    tier: Tier
    starts_on: Day
    ends_on: Day
    programme: Line = ""
    programme_kind: ProgrammeKind | None = None
    audience: Annotated[Line, Field(max_length=60)] = ""
    place: Line = ""
    mode: Annotated[Line, Field(max_length=40)] = ""
    topics: Annotated[list[Code], Field(max_length=30)] = []
    delivery: Delivery | None = None
    setting: Setting | None = None
    strand: Strand | None = None
    example: Example | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "ActivityIn":
        if self.ends_on < self.starts_on:
            raise wrong(_("结束日期早于开始日期"))
        return self


class OpenedOut(Schema):
    """The activity; `opened` says whether it is new or was known with the same content."""

    id: int
    opened: bool


@router.post("/activities", response={201: OpenedOut, 200: OpenedOut}, summary="登记一项活动")
@done_once
def open_activity(request: ApiRequest, activity: ActivityIn) -> HttpResponse:
    """201 for a new one, 200 for one that is known with the same content, 409 with other content.

    Its source is the organiser's code, which must lie where the account may import.
    """
    actor = request.auth.actor
    organiser = organisation_in_scope(actor, activity.organiser, Permission.IMPORT)
    new = NewActivity(
        source_kind=SOURCE_KIND,
        source=organiser.code,
        reference=activity.reference,
        kind=activity.kind.value,
        title=activity.title,
        organiser_id=organiser.pk,
        tier=activity.tier.value,
        starts_on=activity.starts_on,
        ends_on=activity.ends_on,
        programme=activity.programme,
        programme_kind=_value(activity.programme_kind),
        audience=activity.audience,
        place=activity.place,
        mode=activity.mode,
        topics=tuple(dict.fromkeys(activity.topics)),
        delivery=_value(activity.delivery),
        setting=_value(activity.setting),
        strand=_value(activity.strand),
        example=_value(activity.example),
    )
    try:
        activity_id, opened = open_reported(new, organiser=organiser, by=actor, at=datetime.now(UTC))
    except Refused as refused:
        raise _refused(refused) from None
    except ActivityConflict as conflict:
        keys = [{"source": source, "reference": reference} for _kind, source, reference in conflict.keys]
        raise Problem(CONFLICT, _("这个编号的活动已经登记，内容不同"), conflicts=keys) from None
    return answer({"id": activity_id, "opened": opened}, status=201 if opened else 200)


def _value(choice: Any) -> str:
    return "" if choice is None else str(choice.value)


def _refused(refused: Refused, *steps: str | int, each: bool = False) -> Problem:
    errors = [
        FieldError("body", (*steps, *((r.position,) if each else ()), r.name), r.reason) for r in refused.refusals[:100]
    ]
    return Problem(INVALID, errors=errors)


class CreditIn(Body):
    """One person's hours from an activity on a day.

    The person by `person_id` or `citizen_number`, the activity by `activity_id` or by the `activity_reference` under
    which it was opened here. `reference` is the record's own number (凭证号): the same one for the same person is the
    same credit. A later `revision` replaces one that was reversed.
    """

    reference: Reference
    happened_on: Day
    hours: Quarters
    person_id: BodyId | None = None
    citizen_number: Annotated[str, Field(max_length=30)] | None = None
    activity_id: BodyId | None = None
    activity_reference: Reference | None = None
    revision: Annotated[int, Field(strict=True, ge=1, le=1000)] = 1

    @model_validator(mode="after")
    def _told_once(self) -> "CreditIn":
        if (self.person_id is None) == (self.citizen_number is None):
            raise wrong(_("person_id 和 citizen_number 填且只填一个"))
        if (self.activity_id is None) == (self.activity_reference is None):
            raise wrong(_("activity_id 和 activity_reference 填且只填一个"))
        return self


class CreditsIn(Body):
    """Up to 2,000 credits, which are posted together or not at all."""

    credits: Annotated[list[CreditIn], Field(min_length=1, max_length=MOST_CREDITS)]


class PostedOut(Schema):
    """How many entries were written, and how many credits were known already."""

    written: int
    unchanged: int


@router.post("/credits", response=PostedOut, summary="记学时，一次最多 2000 条")
@done_once
def post_credits(request: ApiRequest, batch: CreditsIn) -> HttpResponse:
    """All are written, or none: 422 names each that can't be taken, 409 those that are known with other content.

    The activity's organiser, and the branch of the person on the day, must lie where the account may import.
    """
    actor = request.auth.actor
    if not actor.may_anywhere(Permission.IMPORT):
        raise not_found()
    items = _reported(batch.credits)
    try:
        result = post_reported(items, by=actor, at=datetime.now(UTC), today=clock.today())
    except Refused as refused:
        raise _refused(refused, "credits", each=True) from None
    except CreditConflict as conflict:
        raise _conflict(conflict) from None
    return answer({"written": result.written, "unchanged": result.unchanged})


def _conflict(conflict: CreditConflict) -> Problem:
    keys = [
        {"person_id": person, "reference": reference, "source": source, "part": part, "revision": revision}
        for person, reference, source, _kind, part, revision in conflict.keys
    ]
    return Problem(CONFLICT, _("这些学时记录已经登记，内容不同"), conflicts=keys)


def _reported(credits: list[CreditIn]) -> list[ReportedCredit]:
    items, errors = [], []
    for position, credit in enumerate(credits):
        citizen = None
        if credit.citizen_number is not None:
            try:
                citizen = lookup("citizen", normalise(credit.citizen_number))
            except CellError as error:
                errors.append(FieldError("body", ("credits", position, "citizen_number"), error.reason))
                continue
        items.append(
            ReportedCredit(
                reference=credit.reference,
                happened_on=credit.happened_on,
                quarters=credit.hours,
                person_id=credit.person_id,
                citizen=citizen,
                activity_id=credit.activity_id,
                activity_reference=credit.activity_reference,
                revision=credit.revision,
            )
        )
    if errors:
        raise Problem(INVALID, errors=errors[:100])
    return items


class CorrectionIn(Body):
    """What is right instead."""

    happened_on: Day
    hours: Quarters


class ReversalIn(Body):
    """Why, and what is right instead, if anything is."""

    reason: Annotated[Line, Field(min_length=1, max_length=100)]
    replacement: CorrectionIn | None = None


class ReversedOut(Schema):
    """The reversing entry, the entry that it cancels, and the one in its place."""

    id: int
    reverses: int
    replacement: int | None


@router.post("/credits/{int:entry_id}/reversal", response={201: ReversedOut}, summary="冲销一条学时记录")
@done_once
def reverse_credit(request: ApiRequest, entry_id: Path[Id], reversal: ReversalIn) -> HttpResponse:
    """Cancels an entry by another one and posts what is right as its next revision. 409 when it can't be reversed."""
    actor = request.auth.actor
    entry = CreditEntry.objects.filter(pk=entry_id).first()
    if entry is None or not may_see_person(actor, main_record(entry.person_id), Permission.REVERSE):
        raise not_found()
    right = reversal.replacement
    try:
        done, replacement = reverse_reported(
            entry,
            reason=reversal.reason,
            correction=Correction(right.happened_on, right.hours) if right else None,
            by=actor,
            at=datetime.now(UTC),
            today=clock.today(),
        )
    except NotReversible:
        raise Problem(CONFLICT, _("这条记录已经冲销，或者本身就是冲销记录")) from None
    except Refused as refused:
        raise _refused(refused, "replacement") from None
    except CreditConflict as conflict:
        raise _conflict(conflict) from None
    return answer({"id": done, "reverses": entry.pk, "replacement": replacement}, status=201)


class HeadOut(Schema):
    """The last seal: its chained digest stands for every row sealed so far. `unsealed` rows follow."""

    number: int
    digest: str
    sealed_at: datetime | None
    unsealed: int


@router.get("/ledger/head", response=HeadOut, summary="台账的封存位置")
def head(request: ApiRequest) -> HttpResponse:
    """The sealed head; number 0 and an empty digest before the first seal."""
    now = sealing()
    last = now.head
    return answer(
        {
            "number": last.number if last else 0,
            "digest": bytes(last.digest).hex() if last else "",
            "sealed_at": last.sealed_at if last else None,
            "unsealed": now.unsealed,
        }
    )

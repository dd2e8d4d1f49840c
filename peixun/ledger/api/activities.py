"""Activities: listed, and opened by other systems."""

from datetime import UTC, date, datetime
from typing import Annotated, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Query, Router, Schema
from pydantic import Field, model_validator

from peixun.catalog.models import ActivityKind, Delivery, Example, ProgrammeKind, Setting, Strand, Tier
from peixun.kernel.api.answers import answer
from peixun.kernel.api.documents import told
from peixun.kernel.api.fields import Body, Code, Day, Line, Paging, Reference, Year, wrong
from peixun.kernel.api.paging import Cursors
from peixun.kernel.api.problems import CONFLICT, Problem
from peixun.ledger.api.refusals import refused_items
from peixun.ledger.models import Activity
from peixun.ledger.operations import ActivityConflict, NewActivity
from peixun.ledger.operations.reported import SOURCE_KIND, Refused, open_reported
from peixun.ledger.queries.activities import ActivityFilter, activities
from peixun.people.bearer import ApiRequest, done_once, organisation_in_scope
from peixun.people.queries.scope import Permission

router = Router()


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


@router.get(
    "/activities",
    response=ActivitiesOut,
    **told(
        gettext_lazy("活动，按登记的先后"),
        gettext_lazy("主办单位在权限范围内的活动；org 取一个组织及其下级主办的，year 取与这一年有交叠的。"),
    ),
)
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


@router.post(
    "/activities",
    response={201: OpenedOut, 200: OpenedOut},
    **told(
        gettext_lazy("登记一项活动"),
        gettext_lazy(
            "reference 是活动在主办单位里的编号。新登记的答 201，内容相同的再次登记答 200，内容不同的答 409。"
            "主办单位应在这个账号可以导入的范围内。"
        ),
    ),
)
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
        raise refused_items(refused) from None
    except ActivityConflict as conflict:
        keys = [{"source": source, "reference": reference} for _kind, source, reference in conflict.keys]
        raise Problem(CONFLICT, _("这个编号的活动已经登记，内容不同"), conflicts=keys) from None
    return answer({"id": activity_id, "opened": opened}, status=201 if opened else 200)


def _value(choice: Any) -> str:
    return "" if choice is None else str(choice.value)

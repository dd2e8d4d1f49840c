"""The room's part of the HTTP API: coverage, who owes what, and one person's record."""

from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Path, Query, Router, Schema
from pydantic import Field

from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.listing import Roster, Row, Selection
from peixun.coverage.queries.people import Requirements
from peixun.coverage.queries.position import position
from peixun.coverage.queries.records import record_of
from peixun.kernel import clock
from peixun.kernel.api.answers import answer
from peixun.kernel.api.documents import told
from peixun.kernel.api.fields import Asked, Code, Day, Id, Paging, Year
from peixun.kernel.api.paging import Cursors
from peixun.kernel.api.problems import invalid_parameter, not_found
from peixun.kernel.hours import from_quarters
from peixun.people.bearer import ApiRequest, organisation_in_scope
from peixun.people.models import Audience
from peixun.people.operations.opening import see_record
from peixun.people.queries.numbers import masked_citizen_numbers
from peixun.people.queries.scope import Permission
from peixun.people.queries.visible import main_record, may_see_person

router = Router(tags=["覆盖"])
LAGGING = "Peixun-Updating"
"""Says `true` while a large change is being worked in, so that figures lag."""


class Named(Schema):
    """An organisation in short."""

    code: str
    name: str


class People(Schema):
    """People, each counted once."""

    due: int
    covered: int
    fulfilled: int


class AudiencePeople(People):
    """One audience."""

    key: str
    name: str


class ChildPeople(People):
    """One child organisation."""

    code: str
    name: str


class Reached(Schema):
    """One value of a dimension."""

    people: int
    person_times: int
    hours: Decimal


class CoverageOut(Schema):
    """The coverage of a subtree."""

    organisation: Named
    year: int
    as_of: date
    members: People
    person_times: int
    hours: Decimal
    audiences: list[AudiencePeople]
    dimensions: dict[str, dict[str, Reached]]
    children: list[ChildPeople]


Key = Annotated[str, Field(max_length=40, pattern=r"^[-\w]*$")]


class CoverageAsked(Asked):
    """Whose coverage, when."""

    org: Code
    year: Year
    audience: Key = ""
    as_of: Day | None = None


@router.get(
    "/coverage",
    response=CoverageOut,
    **told(
        gettext_lazy("一个党组织及其下级的覆盖情况"),
        gettext_lazy(
            "应训、参训、达标的人数，按培训对象、维度和下级分列。as_of 指到这一天为止发生、按现在所知；"
            "不填是年末，当年是今天。"
            "答复头 Peixun-Updating: true 表示大批改动还在计入，数字稍后更新。"
        ),
    ),
)
def coverage(request: ApiRequest, asked: Query[CoverageAsked]) -> HttpResponse:
    """People due, covered and fulfilled; by audience, by dimension and by child.

    With `as_of`, "happened on or before it, as known now"; without, the year's end, or today while the year runs. The
    header `Peixun-Updating: true` says that figures lag behind a large change.
    """
    organisation = organisation_in_scope(request.auth.actor, asked.org, Permission.SEE_COVERAGE)
    audience = _audience(asked.audience)
    _check_day(asked.year, asked.as_of)
    key = audience.key if audience else ""
    found = position(organisation, year=asked.year, as_of=asked.as_of, audience=key)
    response = answer(found.as_json())
    if found.updating:
        response.headers[LAGGING] = "true"
    return response


def _audience(key: str) -> Audience | None:
    if not key:
        return None
    found = Audience.objects.filter(key=key).first()
    if found is None:
        raise invalid_parameter("audience", _("没有这个培训对象"))
    return found


def _check_day(year: int, as_of: date | None) -> None:
    if as_of is not None and as_of.year != year:
        raise invalid_parameter("as_of", _("日期不在这一年里"))


class OwedOut(Schema):
    """What is missing for one requirement."""

    requirement: str
    source: str
    hours: Decimal
    concentrated: int


class PersonYearOut(Schema):
    """One person in a year. The citizen number is masked."""

    id: int
    name: str
    citizen_number: str
    organisation: Named
    covered: bool
    fulfilled: bool
    hours: Decimal
    person_times: int
    owed: list[OwedOut]


class PeopleOut(Schema):
    """A page of persons."""

    as_of: date
    items: list[PersonYearOut]
    next_cursor: str | None


class PeopleAsked(Paging):
    """Which persons."""

    org: Code
    year: Year
    state: Literal["due", "covered", "uncovered", "fulfilled", "unfulfilled"] = "due"
    audience: Key = ""
    as_of: Day | None = None


@router.get(
    "/people",
    response=PeopleOut,
    **told(
        gettext_lazy("应训的人：参训、达标与还欠多少"),
        gettext_lazy("就是 /coverage 数到的那些人，按组织树的顺序。身份证号只显示首尾。"),
    ),
)
def people(request: ApiRequest, asked: Query[PeopleAsked]) -> HttpResponse:
    """The persons behind the counts of `/coverage`, in the order of the tree, with what each still owes."""
    actor, cursors = request.auth.actor, Cursors(request)
    organisation = organisation_in_scope(actor, asked.org, Permission.SEE_PEOPLE)
    audience = _audience(asked.audience)
    _check_day(asked.year, asked.as_of)
    after = cursors.read(asked.cursor)
    # The first page's day holds for the following ones, even past midnight.
    day = date.fromisoformat(after[0]) if after else asked.as_of or clock.as_of_default(asked.year)
    selection = Selection(organisation, asked.year, day, asked.state, audience)
    roster = Roster(selection, current_books(), actor.paths(Permission.SEE_PEOPLE))
    place = (after[1], after[2]) if after else None
    if place and place[0] not in roster.places:
        raise invalid_parameter("cursor", _("组织树有了变化，请从第一页重新开始"))
    rows = list(islice(roster.walk(after=place), asked.limit + 1))
    numbers = masked_citizen_numbers([row.person_id for row in rows])
    requirements = Requirements()

    def show(row: Row) -> dict[str, Any]:
        branch = roster.places[row.branch_id]
        return {
            "id": row.person_id,
            "name": row.name,
            "citizen_number": numbers.get(row.person_id, ""),
            "organisation": {"code": branch.code, "name": branch.name},
            "covered": row.covered,
            "fulfilled": row.fulfilled,
            "hours": str(from_quarters(row.quarters)),
            "person_times": row.person_times,
            "owed": _owed(requirements, row.missing),
        }

    page = cursors.page(rows, asked.limit, key=lambda row: [day.isoformat(), row.branch_id, row.person_id], show=show)
    return answer({"as_of": day, **page})


def _owed(requirements: Requirements, missing: list[list[int]]) -> list[dict[str, Any]]:
    return [
        {"requirement": o.name, "source": o.source, "hours": o.hours, "concentrated": o.concentrated}
        for o in requirements.owed(missing)
    ]


class RecordedActivity(Schema):
    """What a credit was earned from."""

    id: int
    title: str
    kind: str
    tier: str
    organiser: Named


class RecordedCredit(Schema):
    """A credit that stands. `counted` is what of its hours counts; `why_not` says why the rest doesn't."""

    id: int
    activity: RecordedActivity
    happened_on: date
    hours: Decimal
    counted: Decimal
    why_not: str
    source_kind: str
    source: str
    source_ref: str
    part: str
    revision: int


class RecordOut(Schema):
    """One person's year."""

    id: int
    name: str
    citizen_number: str
    year: int
    as_of: date
    organisation: Named | None
    due: bool
    covered: bool
    fulfilled: bool
    hours: Decimal
    person_times: int
    owed: list[OwedOut]
    credits: list[RecordedCredit]


class RecordAsked(Asked):
    """Which year."""

    year: Year


@router.get(
    "/people/{int:person_id}/record",
    response=RecordOut,
    **told(
        gettext_lazy("一个人一年的学习档案"),
        gettext_lazy("每条有效的学时、其中计入多少（why_not 是没有计入的原因），以及每项要求还欠多少。"),
    ),
)
def record(request: ApiRequest, person_id: Path[Id], asked: Query[RecordAsked]) -> HttpResponse:
    """One's own, or that of somebody in scope: every credit that stands and what each requirement still asks.

    A record that was merged into another answers as the other one.
    """
    actor, main = request.auth.actor, main_record(person_id)
    own = actor.person_id is not None and main_record(actor.person_id) == main
    if not own and not may_see_person(actor, main):
        raise not_found()
    day = clock.as_of_default(asked.year)
    found = record_of(main, year=asked.year, day=day)
    if found is None:
        raise not_found()
    see_record(main, by=actor, at=timezone.now())
    return answer(
        {
            "id": main,
            "name": found.person.name,
            "citizen_number": masked_citizen_numbers([main]).get(main, ""),
            "year": asked.year,
            "as_of": day,
            "organisation": _named(found.branch),
            "due": found.slot.stand.due,
            "covered": found.slot.covered,
            "fulfilled": found.slot.fulfilled,
            "hours": str(from_quarters(found.slot.quarters)),
            "person_times": found.slot.person_times,
            "owed": _owed(Requirements(), found.missing),
            "credits": [
                {
                    "id": entry.pk,
                    "activity": {
                        "id": entry.activity_id,
                        "title": entry.activity.title,
                        "kind": entry.activity.kind,
                        "tier": entry.activity.tier,
                        "organiser": _named(entry.activity.organiser),
                    },
                    "happened_on": entry.happened_on,
                    "hours": str(entry.hours),
                    "counted": str(from_quarters(weighed.quarters)),
                    "why_not": weighed.why,
                    "source_kind": entry.source_kind,
                    "source": entry.source,
                    "source_ref": entry.source_ref,
                    "part": entry.part,
                    "revision": entry.revision,
                }
                for entry, weighed in found.credits
            ],
        }
    )


def _named(organisation: Any) -> dict[str, str] | None:
    return {"code": organisation.code, "name": organisation.name} if organisation else None

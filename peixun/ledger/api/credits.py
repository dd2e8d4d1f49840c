"""Credits: posted in batches, and reversed."""

from datetime import UTC, datetime
from typing import Annotated

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import Path, Router, Schema
from pydantic import Field, model_validator

from peixun.kernel import clock
from peixun.kernel.api.answers import answer
from peixun.kernel.api.documents import told
from peixun.kernel.api.fields import Body, BodyId, Day, Id, Line, Quarters, Reference, wrong
from peixun.kernel.api.problems import CONFLICT, INVALID, FieldError, Problem, not_found
from peixun.kernel.cells import CellError
from peixun.kernel.citizen_number import normalise
from peixun.ledger.api.refusals import refused_items
from peixun.ledger.models import CreditEntry
from peixun.ledger.operations import CreditConflict, NotReversible, YearClosed
from peixun.ledger.operations.reported import Correction, Refused, ReportedCredit, post_reported, reverse_reported
from peixun.people.bearer import ApiRequest, done_once
from peixun.people.queries.scope import Permission
from peixun.people.queries.visible import main_record, may_see_person
from peixun.people.sealed_box import lookup

router = Router()
MOST_CREDITS = 2000


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
    """Up to 2,000 credits, which are posted together or not at all.

    `late_reason` says why credits of a closed year come after its closing; without it they are refused.
    """

    credits: Annotated[list[CreditIn], Field(min_length=1, max_length=MOST_CREDITS)]
    late_reason: Annotated[Line, Field(max_length=100)] = ""


class PostedOut(Schema):
    """How many entries were written, and how many credits were known already."""

    written: int
    unchanged: int


@router.post(
    "/credits",
    response=PostedOut,
    **told(
        gettext_lazy("记学时，一次最多 2000 条"),
        gettext_lazy(
            "要么全部写入，要么一条不写：422 逐条说明哪里不合要求，409 列出已经登记而内容不同的。人用 person_id 或 "
            "citizen_number，活动用 activity_id 或登记时的 activity_reference。同一个人的同一个 reference（凭证号）"
            "是同一条学时，重发无害；冲销之后用下一个 revision 重新登记。已经关账的年度"
            "要在 late_reason 里写明补记原因，没有写的答 422。"
        ),
    ),
)
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
        result = post_reported(
            items, by=actor, at=datetime.now(UTC), today=clock.today(), late_reason=batch.late_reason.strip()
        )
    except Refused as refused:
        raise refused_items(refused, "credits", each=True) from None
    except YearClosed as closed:
        raise Problem(INVALID, errors=[FieldError("body", ("late_reason",), str(closed))]) from None
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


@router.post(
    "/credits/{int:entry_id}/reversal",
    response={201: ReversedOut},
    **told(
        gettext_lazy("冲销一条学时记录"),
        gettext_lazy("用另一条记录冲销它；replacement 是正确的内容，登记为下一个 revision。不能再冲销的答 409。"),
    ),
)
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
        raise refused_items(refused, "replacement") from None
    except CreditConflict as conflict:
        raise _conflict(conflict) from None
    return answer({"id": done, "reverses": entry.pk, "replacement": replacement}, status=201)

"""One claim as a page: where it stands in words, what the reader may do, what recognising it would change."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from peixun.claims import operations, rules
from peixun.claims.forms import RulingForm, plain
from peixun.claims.models import Claim, ClaimState, Verb, Wrong
from peixun.claims.queries import listing
from peixun.claims.queries.standing import (
    acts_for_office,
    appeals_to,
    has_acted,
    is_own,
    may_act_as_member,
    may_answer,
    may_decide,
)
from peixun.coverage.operations.previewing import Tally, preview
from peixun.coverage.queries.books import current_books
from peixun.coverage.queries.learning import learning_year
from peixun.kernel import clock
from peixun.kernel.hours import from_quarters
from peixun.people.queries.scope import Actor, OutOfScope
from peixun.people.queries.visible import main_record, may_see_person


@dataclass(frozen=True, slots=True)
class Change:
    """What recognising a claim does to one person's year: hours that count and tallies of 0 or 1."""

    year: int
    hours_before: Decimal
    hours_after: Decimal
    before: Tally
    after: Tally


def sentence(claim: Claim) -> str:
    """Where a claim stands, for people."""
    if claim.state == ClaimState.OPEN_BRANCH:
        if rules.is_overdue(claim.waiting_since, at=timezone.now()):
            return _("支部超过 15 天没有答复，%(office)s干训科可以直接决定") % {"office": claim.decider}
        return _("等支部书记答复，最晚%(day)s") % {
            "day": date_format(timezone.localtime(claim.answer_by), "DATE_FORMAT")
        }
    if claim.state == ClaimState.OPEN_OFFICE:
        if claim.appealed:
            return _("正在由%(office)s干训科复核") % {"office": claim.decider}
        return _("等%(office)s干训科决定") % {"office": claim.decider}
    if claim.state == ClaimState.GRANTED:
        return _granted(claim)
    if claim.state == ClaimState.REFUSED:
        return _("没有认可，原因见办理经过")
    return _("已撤回，不再办理")


def _granted(claim: Claim) -> str:
    if claim.wrong == Wrong.NOT_ME:
        return _("已认可，这条学时已经冲销")
    words = {
        "hours": plain(claim.decided_hours or claim.hours),
        "day": date_format(claim.decided_on or claim.happened_on, "DATE_FORMAT"),
    }
    if claim.entry_id is not None:
        return _("已认可，更正为%(day)s的 %(hours)s 学时") % words
    return _("已认可，记入%(day)s的 %(hours)s 学时") % words


def ruling_form(claim: Claim, data: Any = None) -> RulingForm:
    """The form of a decision, filled with what the member says."""
    return RulingForm(
        data,
        initial={"hours": plain(claim.hours), "on": claim.happened_on},
        hours_fixed=claim.wrong in {Wrong.DATE, Wrong.NOT_ME},
        date_fixed=claim.wrong in {Wrong.HOURS, Wrong.NOT_ME},
    )


def show(request: Any, claim: Claim, *, problem: str = "", form: RulingForm | None = None) -> HttpResponse:
    """The page of a claim; 422 when something was refused. Raises Http404 for a decision by somebody else."""
    actor, now = request.actor, timezone.now()
    decides = may_decide(actor, claim, at=now) and not is_own(actor, claim.person_id)
    if form is not None and not acts_for_office(actor, claim):
        raise Http404("not for this role")
    fresh = decides and not has_acted(actor, claim)
    form = form or ruling_form(claim)
    change: Change | None = None
    if fresh and not problem:
        try:
            change = _change(claim, _ruling(claim, form), actor, now)
        except operations.ClaimRefused as refused:
            problem = str(refused)
    context = {
        "base": _base(actor, claim),
        "claim": claim,
        "steps": list(claim.steps.select_related("by")),
        "scans": list(claim.scans.filter(deleted_at=None)),
        "sees_scans": listing.may_read_scans(actor, claim),
        "sentence": sentence(claim),
        "problem": problem,
        "form": form,
        "change": change,
        "long_day": claim.hours > rules.LONG_DAY and claim.wrong != Wrong.NOT_ME,
        "sees_person": may_see_person(actor, claim.person_id),
        **_may(actor, claim, fresh=fresh, decides=decides),
    }
    return render(request, "claims/claim.html", context, status=422 if problem and request.method == "POST" else 200)


def _base(actor: Actor, claim: Claim) -> str:
    return "peixun/phone.html" if is_own(actor, claim.person_id) else "peixun/shell.html"


def _may(actor: Actor, claim: Claim, *, fresh: bool, decides: bool) -> dict[str, Any]:
    """What the reader may do."""
    own = is_own(actor, claim.person_id)
    mine = may_act_as_member(actor, claim)
    refused = claim.state == ClaimState.REFUSED
    return {
        "own": own,
        "may_answer": may_answer(actor, claim) and not own,
        "may_decide": fresh,
        "another_decides": decides and not fresh,
        "asked": mine and claim.is_open and _last_verb(claim) == Verb.ASK,
        "may_withdraw": mine and claim.is_open,
        "may_add": mine and claim.is_open,
        "may_add_scans": claim.is_open and claim.scans.count() < rules.MOST_SCANS,
        "may_appeal": mine and refused and not claim.appealed and appeals_to(claim) is not None,
        "appeals_to": appeals_to(claim) if refused else None,
    }


def _last_verb(claim: Claim) -> str:
    last = claim.steps.last()
    return last.verb if last else ""


def _ruling(claim: Claim, form: RulingForm) -> operations.Ruling:
    if form.is_bound and form.is_valid():
        return operations.Ruling(**form.cleaned_data)
    return operations.Ruling(claim.hours, claim.happened_on)


def _change(claim: Claim, ruling: operations.Ruling, actor: Actor, now: datetime) -> Change | None:
    """What granting would do, seen by granting and taking it back; None for whoever may not."""
    today = clock.today()
    day = clock.as_of_default(ruling.on.year)
    person_id = main_record(claim.person_id)
    after: list[Decimal] = []

    def carried_out() -> None:
        operations.grant(claim, ruling, today=today, by=actor, at=now)
        after.append(_hours(person_id, day))

    before = _hours(person_id, day)
    try:
        effect = preview(carried_out, person_ids=[person_id], day=day)
    except OutOfScope:
        return None
    finally:
        claim.refresh_from_db()
    tallies = effect.whole
    return Change(day.year, before, after[0], *tallies)


def _hours(person_id: int, day: date) -> Decimal:
    found = learning_year(person_id, year=day.year, day=day, books=current_books())
    return from_quarters(found.quarters) if found else Decimal(0)

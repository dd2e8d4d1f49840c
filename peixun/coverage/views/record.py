"""The learning record of one person: their own, or somebody's in scope."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from peixun.catalog.models import Delivery, Example, Setting, Strand, Tier
from peixun.coverage.queries.books import Books, current_books
from peixun.coverage.queries.learning import Asked, CreditLine, LearningYear, learning_year, learning_years, stages
from peixun.coverage.queries.tasks import TaskBook, person_task
from peixun.coverage.rules import CAP, REPEATED, SAME_DAY
from peixun.kernel import clock
from peixun.people.forms import SEEN
from peixun.people.models import Level, Membership, Person, PersonAlias
from peixun.people.operations.opening import see_record
from peixun.people.queries.duplicates import suspected_with
from peixun.people.queries.erasure import may_erase
from peixun.people.queries.numbers import masked_numbers
from peixun.people.queries.scope import Actor, Permission
from peixun.people.queries.visible import main_record, may_see_person

DIMENSION_WORDS: dict[str, Any] = {
    "delivery": Delivery,
    "setting": Setting,
    "strand": Strand,
    "example": Example,
    "tier": Tier,
}


@require_safe
def record(request: Any, person_id: int) -> HttpResponse:
    """One person's record."""
    actor: Actor = request.actor
    main = main_record(person_id)
    own = actor.person_id is not None and main_record(actor.person_id) == main
    if not own and not may_see_person(actor, main):
        raise Http404("outside one's scope")
    if main != person_id:
        return redirect("coverage:record", main)
    person = get_object_or_404(Person, pk=main)
    see_record(main, by=actor, at=timezone.now())
    today, books = clock.today(), current_books()
    numbers = learning_years(main, today=today)
    chosen = _chosen_year(request, numbers)
    years = [
        found
        for year in numbers
        if (found := learning_year(main, year=year, day=clock.as_of_default(year), books=books)) is not None
    ]
    here = next((y for y in years if y.year == chosen), None)
    membership = Membership.objects.on(today).filter(person=main).select_related("organisation").first()
    context = {
        "base": "peixun/phone.html" if own and not actor.grants else "peixun/shell.html",
        "person": person,
        "own": own,
        "membership": membership,
        "numbers": masked_numbers(main),
        "may_open": membership is not None and actor.may(Permission.OPEN_NUMBERS, membership.organisation.path),
        "may_change": membership is not None and actor.may(Permission.MANAGE_PEOPLE, membership.organisation.path),
        "trail_url": _trail_url(actor, main),
        "may_erase": membership is None and not own and may_erase(actor, main),
        "alike": suspected_with(person, actor) if actor.may_anywhere(Permission.MANAGE_PEOPLE) else [],
        "was_merged": PersonAlias.objects.filter(person=main).exists(),
        "year": chosen,
        "years": years,
        "here": here,
        "asked": [_asked_words(a) for a in here.asked] if here else [],
        "state": _state(here) if here else None,
        "task": _task(books, here) if here else None,
        "stages": stages(person, day=today),
        "credit_years": [(y, [_line(c) for c in y.credits]) for y in years],
        "today": today,
    }
    return render(request, "coverage/record.html", context)


def _trail_url(actor: Actor, person_id: int) -> str:
    """Who opened this person's data; "" for whoever may not see the audit about them."""
    if not may_see_person(actor, person_id, Permission.SEE_AUDIT):
        return ""
    return f"{reverse('people:trail')}?action={SEEN}&person={person_id}"


def _chosen_year(request: Any, years: list[int]) -> int:
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and int(asked) in years else years[0]


def _state(year: LearningYear) -> dict[str, str]:
    """The state of a year as a chip."""
    if not year.due:
        return {"state": "not-due", "label": _("不作要求")}
    if year.fulfilled:
        return {"state": "done", "label": _("已达标")}
    if year.covered:
        return {"state": "due-soon", "label": _("已训，未达标") if year.asked else _("已训")}
    return {"state": "missing", "label": _("未参训")}


def _task(books: Books, year: LearningYear) -> dict[str, Any] | None:
    """Whose task the person is, when due and not covered; None otherwise and where no rule says anything."""
    stand = year.computed.result.slots[-1].stand
    if not year.due or year.covered or stand.branch is None:
        return None
    found = person_task(TaskBook(books, year.year, year.day), (year.computed.person_id, stand.branch, stand.mask))
    if not found.task.level:
        return None
    return {"who": found.organisation or Level(found.task.level).label, "duty": found.duty, "running": found.running}


def _asked_words(asked: Asked) -> dict[str, Any]:
    """A requirement with what is still missing, in words' parts."""
    within = []
    for cut, earned, least in asked.within:
        name, _colon, value = cut.partition(":")
        label = dict(DIMENSION_WORDS[name].choices).get(value, value)
        within.append({"label": label, "earned": earned, "needed": least})
    row = asked.requirement
    return {
        "asked": asked,
        "row": row,
        "within": within,
        "lacking": max(0, asked.needed - asked.earned),
        "concentrated_lacking": max(0, row.min_concentrated - asked.concentrated),
    }


def _line(credit: CreditLine) -> dict[str, Any]:
    """An entry with the reason why not all of its hours count."""
    quarters, why = (credit.weighed.quarters, credit.weighed.why) if credit.weighed else (0, "")
    words = {
        SAME_DAY: _("同一活动当天已计"),
        REPEATED: _("同一课程当年已计"),
        CAP: _("超过折算上限"),
    }
    note = words.get(why, "")
    if credit.reversal is not None:
        note = _("已冲销：%(reason)s") % {"reason": credit.reversal.reason}
    return {"entry": credit.entry, "counted": quarters, "why": note, "reversed": credit.reversal is not None}

"""Three short steps to a claim: the day, the activity, the hours; and one page for an entry that is wrong."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from peixun.claims import operations, rules
from peixun.claims.forms import ChosenForm, DayForm, DescribedForm, WrongForm, plain
from peixun.claims.models import Wrong
from peixun.claims.queries import choosing
from peixun.claims.queries.standing import ANSWER, is_own
from peixun.kernel import clock
from peixun.ledger.models import Activity, CreditEntry
from peixun.people.models import Organisation, Person
from peixun.people.queries.scope import Actor
from peixun.people.queries.visible import main_record

OTHER = "other"


@require_http_methods(["GET", "POST"])
def own_missing(request: Any) -> HttpResponse:
    """Hours that I miss."""
    if request.actor.person_id is None:
        raise Http404("this account has no person")
    return _missing(request, get_object_or_404(Person, pk=main_record(request.actor.person_id)))


@require_http_methods(["GET", "POST"])
def missing_of(request: Any, person_id: int) -> HttpResponse:
    """Hours that a member misses, written down by whoever acts for the branch."""
    person = get_object_or_404(Person, pk=person_id)
    if main_record(person_id) != person_id or not _acts_for(request.actor, person_id):
        raise Http404("not in scope")
    return _missing(request, person)


def _acts_for(actor: Actor, person_id: int) -> bool:
    branch = choosing.branch_of(person_id)
    return branch is not None and actor.may(ANSWER, branch.path)


def _missing(request: Any, person: Person) -> HttpResponse:
    branch, today = choosing.branch_of(person.pk), clock.today()
    own = is_own(request.actor, person.pk)
    context = {
        "base": _base(own=own),
        "person": person,
        "own": own,
        "here": request.path,
        "branch": branch,
        "today": today,
        "earliest": rules.earliest(today),
    }
    typed = request.POST if request.method == "POST" else request.GET
    day = _day(typed.get("on", ""))
    if branch is None or day is None or rules.problem_with_day(day, today=today):
        return _ask_day(request, person, branch, context)
    context["day"] = day
    chosen = typed.get("activity", "")
    if not chosen:
        offered = choosing.on_the_day(person.pk, branch, day)
        return render(request, "claims/activity.html", {**context, "offered": offered, "steps": _steps(2, context)})
    return _ask_hours(request, person, _activity(chosen, branch, day), context)


def _base(*, own: bool) -> str:
    return "peixun/phone.html" if own else "peixun/shell.html"


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _activity(chosen: str, branch: Organisation, day: date) -> Activity | None:
    """The chosen activity of the day, of the branch or somebody above; None for one to be described. Raises Http404."""
    if chosen == OTHER:
        return None
    if not chosen.isdecimal():
        raise Http404("no activity")
    rows = Activity.objects.filter(organiser__path__in=choosing.line_of(branch), starts_on__lte=day, ends_on__gte=day)
    found: Activity = get_object_or_404(rows.select_related("organiser"), pk=int(chosen))
    return found


def _ask_day(request: Any, person: Person, branch: Organisation | None, context: dict[str, Any]) -> HttpResponse:
    today = context["today"]
    form = DayForm(request.GET if "on" in request.GET else None)
    problem = ""
    if form.is_bound and form.is_valid():
        late = rules.problem_with_day(form.cleaned_data["on"], today=today) == rules.DayProblem.FUTURE
        problem = _("日期不能晚于今天") if late else _("只办理最近两年的学时，更早的请直接找上级党委干训科")
    recent = choosing.recently(person.pk, branch, today) if branch else []
    entries = [] if context["own"] else choosing.recent_entries(person.pk, first=rules.earliest(today))
    more = {"form": form, "problem": problem, "recent": recent, "entries": entries, "steps": _steps(1, context)}
    return render(request, "claims/day.html", {**context, **more}, status=422 if problem or form.errors else 200)


def _ask_hours(request: Any, person: Person, activity: Activity | None, context: dict[str, Any]) -> HttpResponse:
    day = context["day"]
    usual = choosing.usual_hours(activity, day) if activity else None
    kind: type[forms.Form] = ChosenForm if activity else DescribedForm
    form = kind(request.POST or None, initial={"hours": plain(usual) if usual else None})
    problem = ""
    if request.method == "POST" and form.is_valid():
        filing = operations.Filing(person=person, happened_on=day, activity=activity, **form.cleaned_data)
        try:
            return _file(request, filing, context["today"])
        except operations.ClaimRefused as refused:
            problem = str(refused)
    long_day = form.is_bound and form.is_valid() and form.cleaned_data["hours"] > rules.LONG_DAY
    more = {
        "form": form,
        "activity": activity,
        "usual": usual,
        "problem": problem,
        "long_day": long_day,
        "steps": _steps(3, context),
    }
    return render(request, "claims/hours.html", {**context, **more}, status=422 if problem or form.errors else 200)


def _file(request: Any, filing: operations.Filing, today: date) -> HttpResponse:
    made = operations.file(filing, scans=uploaded(request), today=today, by=request.actor, at=timezone.now())
    return redirect("claims:claim", made.pk)


def uploaded(request: Any) -> list[bytes]:
    """The content of what was uploaded. What is too large or too many isn't read whole, only far enough to be told."""
    files = [upload for upload in request.FILES.getlist("scan") if upload][: rules.MOST_SCANS + 1]
    return [upload.read(rules.SCAN_LIMIT + 1) for upload in files]


def _steps(now: int, context: dict[str, Any]) -> Sequence[dict[str, str]]:
    """Where one is; the steps behind can be gone back to."""
    here, day = context["here"], context.get("day")
    urls = [here, f"{here}?on={day:%Y-%m-%d}" if day else "", ""]
    titles = [_("哪一天"), _("哪次活动"), _("多少学时")]
    states = ["done" if i < now else "current" if i == now else "todo" for i in (1, 2, 3)]
    return [
        {"title": title, "state": state, "url": url if state == "done" else ""}
        for title, state, url in zip(titles, states, urls, strict=True)
    ]


@require_http_methods(["GET", "POST"])
def wrong(request: Any, entry_id: int) -> HttpResponse:
    """One entry that somebody says is wrong."""
    entry = get_object_or_404(CreditEntry.objects.select_related("activity__organiser"), pk=entry_id)
    person = get_object_or_404(Person, pk=main_record(entry.person_id))
    own = is_own(request.actor, person.pk)
    if not own and not _acts_for(request.actor, person.pk):
        raise Http404("not in scope")
    form = WrongForm(request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            return _file(request, _filing(person, entry, form.cleaned_data), clock.today())
        except operations.ClaimRefused as refused:
            problem = str(refused)
    context = {
        "base": _base(own=own),
        "person": person,
        "own": own,
        "entry": entry,
        "form": form,
        "problem": problem,
        "record_url": reverse("home:learning") if own else reverse("claims:new-for", args=[person.pk]),
    }
    return render(request, "claims/wrong.html", context, status=422 if problem or form.errors else 200)


def _filing(person: Person, entry: CreditEntry, data: dict[str, Any]) -> operations.Filing:
    """What isn't wrong stays as it is recorded, whatever else was typed."""
    return operations.Filing(
        person=person,
        entry=entry,
        wrong=data["wrong"],
        hours=data["hours"] if data["wrong"] == Wrong.HOURS else entry.hours,
        happened_on=data["happened_on"] if data["wrong"] == Wrong.DATE else entry.happened_on,
        words=data["words"],
    )

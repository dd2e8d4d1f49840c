"""One entry with its history, its reversal, and the activity that it was earned from."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from peixun.catalog.models import Topic
from peixun.ledger.forms import ReversalForm
from peixun.ledger.models import Activity, CreditEntry
from peixun.ledger.operations import NotReversible
from peixun.ledger.operations import reverse as reverse_entry
from peixun.ledger.queries.closings import closings_over, late_note
from peixun.ledger.queries.seals import seal_over
from peixun.ledger.queries.taking_part import entries_of, may_see_activity, taking_part
from peixun.people.models import Account
from peixun.people.queries.scope import Actor, Permission
from peixun.people.queries.visible import main_record, may_see_person, one_person

PAGE = 50
# Where entries come from; another kind of source stands as it was registered.
SOURCES = {
    "api": gettext_lazy("其他系统登记"),
    "import": gettext_lazy("文件导入"),
    "claim": gettext_lazy("申诉认可"),
    "branch": gettext_lazy("支部登记"),
    "station": gettext_lazy("站点登记"),
    "class": gettext_lazy("培训班登记"),
    "lecture": gettext_lazy("讲座登记"),
    "lesson": gettext_lazy("网络课程登记"),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry within scope. `names` says whether the person may be named."""

    entry: CreditEntry
    person_id: int
    names: bool


def _open(actor: Actor, entry_id: int) -> Opened:
    """An entry that the actor may see: of a person in scope, or one's own. Raises Http404."""
    rows = CreditEntry.objects.select_related("activity__organiser", "person", "reverses")
    entry = get_object_or_404(rows, pk=entry_id)
    person_id = main_record(entry.person_id)
    own = actor.person_id is not None and main_record(actor.person_id) == person_id
    names = own or may_see_person(actor, person_id)
    if not names and not may_see_person(actor, person_id, Permission.SEE_COVERAGE):
        raise Http404("outside one's scope")
    return Opened(entry, person_id, names)


def _address(name: str, *arguments: object) -> str:
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:  # a higher room that isn't there
        return ""


@require_safe
def entry(request: Any, entry_id: int) -> HttpResponse:
    """One entry: what it says, what cancelled or replaced it, and the seal over it."""
    opened = _open(request.actor, entry_id)
    row = opened.entry
    reversal = CreditEntry.objects.filter(reverses=row).first()
    context = {
        "entry": row,
        "names": opened.names,
        "source": SOURCES.get(row.source_kind, row.source_kind),
        "record_url": _address("coverage:record", opened.person_id) if opened.names else "",
        "reversal": reversal,
        "revisions": _revisions(row),
        "seal": seal_over(row.pk),
        "late": late_note(row.pk),
        "digest": bytes(row.digest).hex(),
        "may_audit": request.actor.may_anywhere(Permission.SEE_AUDIT),
        "posted_by": _posted_by(opened),
        "may_reverse": _may_reverse(request.actor, opened, reversal),
    }
    return render(request, "ledger/entry.html", context)


def _posted_by(opened: Opened) -> Account | None:
    account = opened.entry.posted_by
    return Account.objects.filter(pk=account).first() if account is not None and opened.names else None


def _revisions(row: CreditEntry) -> list[CreditEntry]:
    """The other revisions of the same credit."""
    rows = CreditEntry.objects.filter(
        person=row.person_id,
        source_ref=row.source_ref,
        source=row.source,
        source_kind=row.source_kind,
        part=row.part,
        hours__gt=0,
    )
    return list(rows.exclude(revision=row.revision).order_by("revision"))


def _may_reverse(actor: Actor, opened: Opened, reversal: CreditEntry | None) -> bool:
    return (
        opened.entry.reverses_id is None
        and reversal is None
        and may_see_person(actor, opened.person_id, Permission.REVERSE)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def reverse_(request: Any, entry_id: int) -> HttpResponse:
    """Asks once, says what changes, and cancels the entry with the reason given."""
    opened = _open(request.actor, entry_id)
    if not may_see_person(request.actor, opened.person_id, Permission.REVERSE):
        raise Http404("not granted here")
    row = opened.entry
    if not _may_reverse(request.actor, opened, CreditEntry.objects.filter(reverses=row).first()):
        messages.info(request, _("这条记录已经冲销，或者本身就是冲销记录。"))
        return redirect("ledger:entry", row.pk)
    form = ReversalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reverse_entry(row, reason=form.cleaned_data["reason"], by=request.actor, at=timezone.now())
        except NotReversible:
            messages.info(request, _("这条记录刚刚已被冲销。"))
        else:
            messages.success(request, _("已冲销 %(hours)s 学时，有关统计随即更新。") % {"hours": row.hours})
        return redirect("ledger:entry", row.pk)
    closing = closings_over({(row.person_id, row.happened_on)}).get((row.person_id, row.happened_on))
    context = {"entry": row, "form": form, "names": opened.names, "closing": closing}
    return render(request, "ledger/reverse.html", context, status=422 if form.is_bound else 200)


@require_safe
def activity(request: Any, activity_id: int) -> HttpResponse:
    """What took place, and who within one's scope took part."""
    row = get_object_or_404(Activity.objects.select_related("organiser"), pk=activity_id)
    actor: Actor = request.actor
    if not may_see_activity(actor, row):
        raise Http404("outside one's scope")
    paths = actor.paths(Permission.SEE_COVERAGE)
    rows = entries_of(row, paths)
    if not paths:
        own = one_person(actor.person_id) if actor.person_id is not None else ()
        rows = CreditEntry.objects.effective().filter(activity=row, person__in=own).order_by("pk")
    after = request.GET.get("after", "")
    shown = list((rows.filter(pk__gt=int(after)) if after.isdecimal() else rows).select_related("person")[: PAGE + 1])
    people = set(actor.paths(Permission.SEE_PEOPLE))
    context = {
        "activity": row,
        "topics": list(Topic.objects.filter(key__in=row.topics).values_list("name", flat=True)),
        "dimensions": [
            w
            for w in (
                row.get_delivery_display(),
                row.get_setting_display(),
                row.get_strand_display(),
                row.get_example_display(),
            )
            if w
        ],
        "sums": taking_part(rows) if paths else None,
        "entries": [
            (e, _address("coverage:record", e.person_id), bool(people) and _named(actor, e)) for e in shown[:PAGE]
        ],
        "sees_people": bool(people),
        "older_url": f"?after={shown[PAGE - 1].pk}" if len(shown) > PAGE else "",
        "newer_url": reverse("ledger:activity", args=[row.pk]) if after else "",
        "newer_label": _("回到第一页"),
    }
    return render(request, "ledger/activity.html", context)


def _named(actor: Actor, row: CreditEntry) -> bool:
    """Whether the person may be named: names follow from seeing people, which may reach less far than coverage."""
    if actor.paths(Permission.SEE_PEOPLE) == actor.paths(Permission.SEE_COVERAGE):
        return True
    return may_see_person(actor, row.person_id)

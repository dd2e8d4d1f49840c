"""Erasing somebody's data: the preview, the request of one, the confirmation of another."""

from datetime import UTC, date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from peixun.kernel import clock
from peixun.people.forms import ErasureForm
from peixun.people.models import ErasureReason, ErasureRequest, ErasureState, Person
from peixun.people.operations.erasure import (
    ErasureRefused,
    ask_erasure,
    confirm_erasure,
    refuse_erasure,
    withdraw_erasure,
)
from peixun.people.queries.duplicates import last_branches
from peixun.people.queries.erasure import (
    RETENTION_YEARS,
    erasing_paths,
    erasure_obstacle,
    erasure_preview,
    kept_until,
    may_erase,
    requests_seen,
)
from peixun.people.queries.numbers import masked_numbers
from peixun.people.queries.scope import Permission
from peixun.people.queries.visible import main_record, may_see_person, one_person


@require_safe
def index(request: Any) -> HttpResponse:
    """The requests within one's reach, those that wait first."""
    if not erasing_paths(request.actor, Permission.REQUEST_ERASURE):
        raise Http404("nothing to erase here")
    return render(request, "people/erasures.html", {"rows": requests_seen(request.actor)})


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: Any, person_id: int) -> HttpResponse:
    """One person's erasure: what goes and what stays, asked for, confirmed, sent back or withdrawn."""
    main = main_record(person_id)
    if not may_erase(request.actor, main):
        raise Http404("outside one's scope")
    person = get_object_or_404(Person, pk=main)
    waiting = ErasureRequest.objects.filter(person=main, state=ErasureState.ASKED).select_related("asked_by").first()
    form = ErasureForm(request.POST if request.POST.get("verb") == "ask" else None)
    day, refusal = clock.today(), ""
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            return _act(request, person, waiting, form)
        except ErasureRefused as error:
            refusal = str(error)
    context = {
        **_shown(request, person, waiting, day),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "people/erase.html", context, status=422 if request.method == "POST" else 200)


def _shown(request: Any, person: Person, waiting: ErasureRequest | None, day: date) -> dict[str, Any]:
    ids = one_person(person.pk)
    actor = request.actor
    own = waiting is not None and waiting.asked_by_id == actor.account_id
    reason = waiting.reason if waiting else ErasureReason.WRONGLY_RECORDED
    sees = may_see_person(actor, person.pk)
    return {
        "person": person,
        "numbers": masked_numbers(person.pk),
        "branch": last_branches([person.pk]).get(person.pk),
        "waiting": waiting,
        "own": own,
        "may_confirm": waiting is not None and not own and may_erase(actor, person.pk, Permission.ERASE),
        "preview": erasure_preview(ids),
        "obstacle": erasure_obstacle(ids, reason, day=day),
        "kept_until": kept_until(ids),
        "years": RETENTION_YEARS,
        "record_url": _record_url(person.pk) if sees else "",
    }


def _record_url(person_id: int) -> str:
    try:
        return reverse("coverage:record", args=[person_id])
    except NoReverseMatch:  # a higher room that isn't there
        return ""


def _act(request: Any, person: Person, waiting: ErasureRequest | None, form: ErasureForm) -> HttpResponse:
    """Does what was asked. Raises ErasureRefused, OutOfScope."""
    now, day, verb = datetime.now(UTC), clock.today(), request.POST.get("verb", "")
    if verb == "ask":
        data = form.cleaned_data
        ask_erasure(person, reason=data["reason"], words=data["words"], by=request.actor, at=now, day=day)
        messages.success(request, _("已申请注销，等另一位系统管理员复核。复核之前什么都不会删除。"))
        return redirect("people:erasures")
    if waiting is None:
        raise ErasureRefused(_("没有等待处理的注销申请，请重新打开查看"))
    if verb == "confirm":
        confirm_erasure(waiting, by=request.actor, at=now, day=day)
        messages.success(request, _("个人信息已经注销，学时和各项数字不变。"))
    elif verb == "refuse":
        refuse_erasure(waiting, by=request.actor, at=now)
        messages.success(request, _("已退回，没有删除任何内容。"))
    elif verb == "withdraw":
        withdraw_erasure(waiting, by=request.actor, at=now)
        messages.success(request, _("申请已撤回，没有删除任何内容。"))
    else:
        raise ErasureRefused(_("请选择要办的事"))
    return redirect("people:erasures")

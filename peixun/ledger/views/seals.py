"""The seals over the ledger, for auditors, and verifying them in the background."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.exceptions import TaskResultDoesNotExist

from peixun.ledger import tasks
from peixun.ledger.models import Seal
from peixun.ledger.queries.seals import SHOWN, sealing
from peixun.ledger.words import fault_words
from peixun.people.operations import audit
from peixun.people.queries.scope import Permission

STATES = {
    TaskResultStatus.READY: "waiting",
    TaskResultStatus.RUNNING: "running",
    TaskResultStatus.FAILED: "failed",
    TaskResultStatus.SUCCESSFUL: "done",
}


def _require_auditor(request: Any) -> None:
    if not request.actor.may_anywhere(Permission.SEE_AUDIT):
        raise Http404("not granted")


@require_safe
def seals(request: Any) -> HttpResponse:
    """The seals, the newest first, how many rows are not sealed yet, and what verifying found."""
    _require_auditor(request)
    run = _run(request.GET.get("run", ""))
    if run and request.htmx:
        return render(request, "ledger/_verification.html", {"run": run, **run})
    before = request.GET.get("before", "")
    rows = Seal.objects.defer("leaves").order_by("-number")
    if before.isdecimal():
        rows = rows.filter(number__lt=int(before))
    shown = list(rows[: SHOWN + 1])
    context = {
        "sealing": sealing(),
        "seals": [(s, bytes(s.digest).hex()) for s in shown[:SHOWN]],
        "older_url": f"?before={shown[SHOWN - 1].number}" if len(shown) > SHOWN else "",
        "closings_url": _closings_url(),
        "run": run,
        **(run or {}),
    }
    return render(request, "ledger/seals.html", context)


def _closings_url() -> str:
    try:
        return reverse("coverage:closings")
    except NoReverseMatch:  # a higher room that isn't there
        return ""


@require_POST
def verify(request: Any) -> HttpResponse:
    """Starts verifying in the background; the page then follows it."""
    _require_auditor(request)
    started = tasks.verify_ledger.enqueue()
    audit.record(by=request.actor, at=timezone.now(), action="verify", subject="ledger")
    return redirect(f"{reverse('ledger:seals')}?run={started.id}")


def _run(run_id: str) -> dict[str, Any] | None:
    """How far a verification has come, in the words of `_progress.html`; None when there is none."""
    if not run_id:
        return None
    try:
        result = default_task_backend.get_result(run_id)
    except (TaskResultDoesNotExist, ValidationError, ValueError):
        return None
    if result.task.func is not tasks.verify_ledger.func:
        return None
    done = result.status == TaskResultStatus.SUCCESSFUL
    found: Any = result.return_value if done else None
    return {
        "state": STATES[result.status],
        "label": _("核对台账"),
        "poll_url": f"{reverse('ledger:seals')}?run={run_id}",
        "reason": _("没有核对完。请再核对一次；还不行时请系统管理员运行 peixun ledger verify。"),
        "element_id": "verification",
        "found": found,
        "faults": [fault_words(fault) for fault in found["faults"]] if found else [],
    }

"""The seals over the ledger, for auditors."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from peixun.ledger.models import Seal
from peixun.ledger.queries.seals import SHOWN, sealing
from peixun.people.queries.scope import Permission


@require_safe
def seals(request: Any) -> HttpResponse:
    """The seals, the newest first, and how many rows are not sealed yet."""
    if not request.actor.may_anywhere(Permission.SEE_AUDIT):
        raise Http404("not granted")
    before = request.GET.get("before", "")
    rows = Seal.objects.defer("leaves").order_by("-number")
    if before.isdecimal():
        rows = rows.filter(number__lt=int(before))
    shown = list(rows[: SHOWN + 1])
    context = {
        "sealing": sealing(),
        "seals": [(s, bytes(s.digest).hex()) for s in shown[:SHOWN]],
        "older_url": f"?before={shown[SHOWN - 1].number}" if len(shown) > SHOWN else "",
    }
    return render(request, "ledger/seals.html", context)

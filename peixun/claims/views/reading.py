"""Claims as they stand: one's own, those that wait, one with its history, its scans."""

from io import BytesIO
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_safe

from peixun.claims import operations
from peixun.claims.models import Claim, Scan
from peixun.claims.queries import listing
from peixun.claims.queries.standing import ANSWER, DECIDE
from peixun.claims.views.pages import sentence, show
from peixun.people.queries.visible import main_record

TYPES = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}


@require_safe
def mine(request: Any) -> HttpResponse:
    """My claims, each with where it stands."""
    if request.actor.person_id is None:
        raise Http404("this account has no person")
    claims = listing.own_claims(main_record(request.actor.person_id))[: listing.AT_MOST]
    return render(request, "claims/mine.html", {"claims": [(one, sentence(one)) for one in claims]})


@require_safe
def inbox(request: Any) -> HttpResponse:
    """What waits for the reader, what waits for others, what is done; each part by pages."""
    actor, now = request.actor, timezone.now()
    if not actor.may_anywhere(ANSWER):
        raise Http404("not for this role")
    context = {
        "to_answer": _part(request, "answer", listing.to_answer(actor)),
        "to_decide": _part(request, "decide", listing.to_decide(actor, at=now)),
        "elsewhere": _part(request, "elsewhere", listing.waiting_elsewhere(actor, at=now)),
        "decided": _part(request, "decided", listing.decided(actor)),
        "decides": actor.may_anywhere(DECIDE),
    }
    return render(request, "claims/inbox.html", context)


def _part(request: Any, name: str, rows: listing.Ordered) -> dict[str, Any]:
    """One part of the inbox: a page of it and the addresses of its first page and the next."""
    after = request.GET.get(name, "")
    found = listing.page(rows, after=after)
    return {
        "id": name,
        "claims": [(one, sentence(one)) for one in found.claims],
        "older_url": f"?{name}={found.after}#{name}" if found.after else "",
        "first_url": f"{request.path}#{name}" if after else "",
    }


@require_GET
def claim(request: Any, claim_id: int) -> HttpResponse:
    """One claim, its history, and what the reader may do about it."""
    return show(request, in_scope(request, claim_id))


def in_scope(request: Any, claim_id: int) -> Claim:
    """A claim that the reader may read. Raises Http404."""
    found: Claim = get_object_or_404(listing.readable_claims(request.actor), pk=claim_id)
    return found


@require_GET
def scan(request: Any, claim_id: int, number: int) -> HttpResponse | FileResponse:
    """A scan as a file to keep, never shown in the page; who opens it is noted."""
    one = in_scope(request, claim_id)
    found = get_object_or_404(Scan.objects.select_related("claim"), claim=one, number=number, deleted_at=None)
    if not listing.may_read_scans(request.actor, one) or not found.path.is_file():
        raise Http404("not for this reader, or no longer kept")
    operations.note_opened(found, by=request.actor, at=timezone.now())
    name = _("申诉%(claim)s号材料%(number)s.%(kind)s") % {"claim": one.pk, "number": number, "kind": found.kind}
    answer = FileResponse(
        BytesIO(found.path.read_bytes()), as_attachment=True, filename=name, content_type=TYPES[found.kind]
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

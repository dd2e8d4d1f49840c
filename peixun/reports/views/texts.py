"""Bulletins and notices: on screen and as files."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from peixun.kernel import clock
from peixun.kernel.papers.docx_writer import docx_bytes
from peixun.kernel.papers.html import render_html
from peixun.reports import operations
from peixun.reports.forms import NoticeForm
from peixun.reports.queries.found import figure_url
from peixun.reports.views.common import DOCX, Looking, download, look


@require_safe
def bulletin(request: Any, code: str, year: int) -> HttpResponse:
    """The bulletin on screen."""
    looking, form = look(request, code, year)
    context = {"looking": looking, "form": form, "path": looking.path("bulletin"), "kind": "bulletin"}
    return _shown(request, _wanted(looking), context | {"file_url": looking.url("bulletin-docx")})


@require_safe
def bulletin_docx(request: Any, code: str, year: int) -> HttpResponse:
    """The bulletin as .docx."""
    looking, _form = look(request, code, year)
    return _file(request, _wanted(looking))


@require_safe
def notice(request: Any, code: str, year: int) -> HttpResponse:
    """The notice on screen, once it is known until when the training is to be done."""
    looking, _form = look(request, code, year)
    # An address that says only up to which day, as the links of other pages do, hasn't been filled in yet.
    filled = "until" in request.GET or "contact" in request.GET
    form = NoticeForm(request.GET if filled else None, today=clock.today(), year=year)
    if not filled:
        form.initial = {"as_of": looking.asked}
    context = {"looking": looking, "form": form, "path": looking.path("notice"), "kind": "notice"}
    if not form.is_valid():
        return render(request, "reports/text.html", context, status=422 if form.is_bound else 200)
    file_url = f"{looking.url('notice-docx').partition('?')[0]}?{request.GET.urlencode()}"
    return _shown(request, _wanted(looking, form), context | {"file_url": file_url})


@require_safe
def notice_docx(request: Any, code: str, year: int) -> HttpResponse:
    """The notice as .docx; without a day until when, the page that asks for it."""
    looking, _form = look(request, code, year)
    form = NoticeForm(request.GET, today=clock.today(), year=year)
    return _file(request, _wanted(looking, form)) if form.is_valid() else notice(request, code, year)


def _wanted(looking: Looking, form: NoticeForm | None = None) -> operations.WantedText:
    return operations.WantedText(
        looking.organisation,
        looking.year,
        looking.as_of,
        signed_on=clock.today(),
        until=form.cleaned_data["until"] if form else None,
        contact=form.cleaned_data["contact"] if form else "",
    )


def _shown(request: Any, wanted: operations.WantedText, context: dict[str, Any]) -> HttpResponse:
    def address(key: str) -> str:
        return figure_url(wanted.organisation, year=wanted.year, key=key, as_of=wanted.as_of)

    text = operations.compose_text(wanted)
    context |= {"text": text, "paper": render_html(text.paper, address, title_level=2)}
    return render(request, "reports/text.html", context)


def _file(request: Any, wanted: operations.WantedText) -> HttpResponse:
    text = operations.draft_text(wanted, by=request.actor, at=timezone.now())
    return download(docx_bytes(text.paper), DOCX, f"{text.paper.organisation}{text.paper.flat_title}.docx")

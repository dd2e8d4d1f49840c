"""The audit trail on screen: who did and who saw what, for whoever may see the audit."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from peixun.kernel import clock
from peixun.kernel.cells import clean_text
from peixun.kernel.tables.writer import Column, Sheet, csv_blocks, write_workbook
from peixun.people.forms import SEEN, TrailFilters, action_choices
from peixun.people.models import AuditEntry
from peixun.people.operations import audit
from peixun.people.operations.opening import look_up
from peixun.people.queries import trail as asking
from peixun.people.queries.places import place_of_paths
from peixun.people.queries.scope import Actor, Permission
from peixun.people.queries.search import read_question
from peixun.people.queries.visible import may_see_person, one_person
from peixun.people.words import SEEING

KEPT = ("since", "until", "action", "who", "name", "person")
MOST_IN_WORKBOOK = 50_000
"""Longer lists go out as CSV, which streams."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the form, the filters as text, and the entries that answer."""

    form: TrailFilters
    filters: dict[str, str]
    person: str
    entries: QuerySet[AuditEntry]

    def url(self, page: str = "trail", **extra: str) -> str:
        """A page of the trail with the filters of now; extras override them."""
        query = QueryDict(mutable=True)
        query.update({key: value for key, value in {**self.filters, **extra}.items() if value})
        return f"{reverse(f'people:{page}')}?{query.urlencode()}".rstrip("?")


def _asked(request: Any) -> Asked:
    actor: Actor = request.actor
    if not actor.may_anywhere(Permission.SEE_AUDIT):
        raise Http404("outside one's scope")
    form = TrailFilters(request.GET)
    form.is_valid()
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    filters = {name: value if isinstance(value, str) else value.isoformat() for name, value in chosen.items()}
    action, _dot, subject = chosen.get("action", "").partition(".")
    actions = SEEING if action == SEEN else (action,) if action else ()
    wanted = asking.Wanted(chosen.get("since"), chosen.get("until"), actions, subject, chosen.get("who", ""))
    person = ""
    if request.GET.get("person"):
        person_id = _person_id(request.GET["person"], actor)
        wanted = replace(wanted, persons=one_person(person_id))
        person = asking.names_seen(actor, [person_id]).get(person_id) or _("一名党员")
        filters["person"] = str(person_id)
    elif name := _plain_name(request.GET.get("name", "")):
        wanted = replace(wanted, persons=asking.namesakes(actor, name))
        filters["name"] = name
    return Asked(form, filters, person, asking.trail(actor, wanted, day=clock.today()))


def _person_id(text: str, actor: Actor) -> int:
    """The person whom the address names. Raises Http404 where the audit about them isn't to be seen."""
    if not (text.isascii() and text.isdecimal() and len(text) < 18) or not may_see_person(
        actor, int(text), Permission.SEE_AUDIT
    ):
        raise Http404("outside one's scope")
    return int(text)


def _plain_name(text: str) -> str:
    """A name from the address; a whole number doesn't belong there and is forgotten at once."""
    return "" if read_question(text).is_personal else clean_text(text)[:60]


@require_safe
def trail(request: Any) -> HttpResponse:
    """One page of entries."""
    asked = _asked(request)
    if read_question(request.GET.get("name", "")).is_personal:
        # Someone put a number into the address: don't answer, so that no habit grows from it.
        messages.info(request, _("完整的号码不要写在网址里，请在下面输入后查找。"))
        return redirect(asked.url())
    after = asking.read_cursor(request.GET.get("after", ""))
    before = asking.read_cursor(request.GET.get("before", ""))
    found = asking.newer(asked.entries, before, asking.PAGE + 1) if before else None
    if found is None:
        found = asking.older(asked.entries, after, asking.PAGE + 1)
    more, found = len(found) > asking.PAGE, found[: asking.PAGE]
    if before:
        found.reverse()
    has_older, has_newer = (True, more) if before else (more, after is not None)
    sees_people = request.actor.may_anywhere(Permission.SEE_PEOPLE)
    context = {
        "form": asked.form,
        "chosen": list(_chosen(asked)),
        "hidden_fields": [{"name": n, "value": asked.filters[n]} for n in ("name", "person") if n in asked.filters],
        "rows": [(line, _record_url(line)) for line in asking.lines(found, request.actor)],
        "sees_people": sees_people,
        "whom_url": asked.url("trail-whom", name="", person="") if sees_people else "",
        "export_url": asked.url("trail-export"),
        "newer_url": asked.url(before=asking.cursor_text(found[0])) if found and has_newer else "",
        "older_url": asked.url(after=asking.cursor_text(found[-1])) if found and has_older else "",
    }
    return render(request, "people/trail.html", context)


def _record_url(line: asking.Line) -> str:
    try:
        return reverse("coverage:record", args=[line.person_id]) if line.person else ""
    except NoReverseMatch:  # a higher room that isn't there
        return ""


def _chosen(asked: Asked) -> Iterator[dict[str, str]]:
    words = {
        "since": _("自 %(value)s 起"),
        "until": _("到 %(value)s 为止"),
        "action": "%(value)s",
        "who": _("操作人 %(value)s"),
        "name": _("关于 %(value)s"),
        "person": _("关于 %(value)s"),
    }
    shown = {**asked.filters, "person": asked.person}
    shown["action"] = str(dict(action_choices()).get(asked.filters.get("action", ""), ""))
    for name in KEPT:
        if name in asked.filters:
            yield {"label": words[name] % {"value": shown[name]}, "remove_url": asked.url(**{name: ""})}


@require_POST
def whom(request: Any) -> HttpResponse:
    """Narrows the trail down to whom it is about: a name, or a whole number, which never reaches an address."""
    asked = _asked(request)
    typed = request.POST.get("q", "")
    question = read_question(typed)
    if not question.is_personal:
        return redirect(asked.url(person="", name=_plain_name(typed)))
    page = look_up(question, by=request.actor, at=datetime.now(UTC), day=clock.today())
    if not page.found:
        messages.info(request, _("在您的管理范围内没有人用这个号码。请核对后再查。"))
        return redirect(asked.url(person="", name=""))
    return redirect(asked.url(person=str(page.found[0].person_id), name=""))


@require_safe
def export(request: Any) -> HttpResponseBase:
    """The trail as one sees it, whole: a workbook, or CSV for a longer one."""
    asked = _asked(request)
    total = asked.entries.count()
    rows = _rows(asked, request.actor, datetime.now(UTC))
    columns = [
        Column(_("时间"), 20),
        Column(_("操作人"), 20),
        Column(_("账号"), 16),
        Column(_("操作"), 22),
        Column(_("说明"), 40),
        Column(_("关于谁"), 12),
        Column(_("单位"), 32),
        Column(_("单位代码"), 18),
    ]
    name = _("操作记录")
    audit.record(
        by=request.actor,
        at=datetime.now(UTC),
        action="export",
        subject="audit_trail",
        organisation_id=place_of_paths(request.actor.paths(Permission.SEE_AUDIT)),
        rows=total,
    )
    if total > MOST_IN_WORKBOOK:
        blocks = csv_blocks(columns=[column.heading for column in columns], rows=rows)
        answer = StreamingHttpResponse(blocks, content_type="text/csv")
        answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.csv")
        return answer
    file = BytesIO()
    write_workbook(file, title=name, sheets=[Sheet(name, columns, rows)])
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")


def _rows(asked: Asked, actor: Actor, until: datetime) -> Iterator[tuple[str, ...]]:
    """The lines that were there when the export was asked for."""
    for batch in asking.every(asked.entries.filter(at__lt=until)):
        for line in asking.lines(batch, actor):
            entry, place = line.entry, line.organisation
            yield (
                f"{entry.at.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}",
                line.who,
                entry.account.login if entry.account else "",
                line.what,
                line.detail,
                line.person or (_("一名党员") if line.person_id is not None else ""),
                place.name if place else "",
                place.code if place else "",
            )

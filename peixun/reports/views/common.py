"""What the room's pages share: the organisation in scope, the year and day, addresses that keep them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header

from peixun.kernel import clock
from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor, Permission
from peixun.reports.forms import UpTo
from peixun.reports.operations import FIRST_YEAR

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Looking:
    """What a page looks at. `asked` is the day that was asked for, if any; `as_of` is set always."""

    actor: Actor
    organisation: Organisation
    year: int
    as_of: date
    asked: date | None

    @property
    def sees_people(self) -> bool:
        """Whether names may be shown."""
        return self.actor.may(Permission.SEE_PEOPLE, self.organisation.path)

    def url(self, name: str, *more: object) -> str:
        """A page of the room on this organisation and year, up to the same day."""
        address = reverse(f"reports:{name}", args=[self.organisation.code, self.year, *more])
        return f"{address}?as_of={self.asked.isoformat()}" if self.asked else address

    def path(self, name: str) -> list[dict[str, str]]:
        """The organisation's ancestors within one's scope, for `_breadcrumb.html`."""
        prefixes = self.actor.paths(Permission.REPORT)
        steps = [int(step) for step in self.organisation.path.rstrip("/").split("/")]
        known = Organisation.objects.in_bulk(steps[:-1])
        line = [known[step] for step in steps[:-1] if step in known]
        seen = [o for o in line if any(o.path.startswith(prefix) for prefix in prefixes)]
        links = [{"name": str(o), "url": reverse(f"reports:{name}", args=[o.code, self.year])} for o in seen]
        return [*links, {"name": str(self.organisation)}]


def require_reports(actor: Actor) -> None:
    """Raise Http404 for whoever reads no reports at all."""
    if not actor.may_anywhere(Permission.REPORT):
        raise Http404("not for this role")


def look(request: Any, code: str, year: int) -> tuple[Looking, UpTo]:
    """What a request asks to look at; a day that can't be falls back to the year as it stands.

    Raises Http404 for what lies outside the actor's scope, and for years to come.
    """
    organisation = get_object_or_404(request.actor.organisations(Permission.REPORT), code=code)
    today = clock.today()
    if not FIRST_YEAR <= year <= today.year:
        raise Http404("no such year")
    form = UpTo(request.GET, year=year, today=today)
    asked = form.cleaned_data.get("as_of") if form.is_valid() else None
    return Looking(request.actor, organisation, year, asked or clock.as_of_default(year), asked), form


def download(data: bytes, content_type: str, name: str) -> HttpResponse:
    """A file to be saved under a name."""
    header = content_disposition_header(True, name) or "attachment"  # noqa: FBT003 - Django's own signature
    return HttpResponse(data, content_type=content_type, headers={"Content-Disposition": header})

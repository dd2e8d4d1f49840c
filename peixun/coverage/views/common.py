"""What the room's pages share: the organisation in scope, the filters, addresses that keep them, the path on top."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from django.http import QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from peixun.catalog.models import Tier
from peixun.coverage.forms import CoverageFilters
from peixun.coverage.queries.books import Books, current_books
from peixun.coverage.queries.years import kept_years
from peixun.kernel import clock
from peixun.people.models import Audience, Level, Organisation
from peixun.people.queries.scope import Actor, Permission

FormT = TypeVar("FormT", bound=CoverageFilters)


def organisation_in_scope(actor: Actor, code: str, permission: Permission) -> Organisation:
    """The organisation with a code, when the actor has the permission on it. Raises Http404."""
    return get_object_or_404(actor.organisations(permission), code=code)


@dataclass(frozen=True, slots=True)
class Looking:
    """What a page looks at. `as_of` is set when a day was asked for, `day` always."""

    actor: Actor
    organisation: Organisation
    books: Books
    year: int
    day: date
    as_of: date | None = None
    audience: Audience | None = None
    tier: str = ""

    @property
    def sees_people(self) -> bool:
        """Whether names may be shown."""
        return self.actor.may(Permission.SEE_PEOPLE, self.organisation.path)

    @property
    def scope(self) -> tuple[str, ...]:
        """The subtrees in which the reader may see figures."""
        return tuple(self.actor.paths(Permission.SEE_COVERAGE))

    @property
    def whole(self) -> str:
        """The subtree in words: 全市 for a city's own account, else the organisation's name."""
        words = {Level.CITY: _("全市"), Level.PROVINCE: _("全省")}
        if self.organisation.parent_id is None and self.organisation.level in words:
            return words[Level(self.organisation.level)]
        return str(self.organisation)

    @property
    def audience_key(self) -> str:
        """The key of the audience, or ""."""
        return self.audience.key if self.audience else ""

    @property
    def tier_name(self) -> str:
        """The tier in words, or ""."""
        return str(Tier(self.tier).label) if self.tier else ""

    def url(self, name: str, *, code: str = "", **extra: Any) -> str:
        """A page of the room on this or another organisation, with the filters of now; extras override them."""
        asked = {
            "year": self.year,
            "as_of": self.as_of.isoformat() if self.as_of else "",
            "audience": self.audience_key,
            "tier": self.tier,
            **extra,
        }
        query = QueryDict(mutable=True)
        query.update({key: str(value) for key, value in asked.items() if value not in ("", None)})
        return f"{reverse(f'coverage:{name}', args=[code or self.organisation.code])}?{query.urlencode()}"

    def people_url(self, state: str, *, code: str = "", **extra: Any) -> str:
        """The list of persons in a state; "" for whoever may not see names, and where a tier is looked at."""
        if not self.sees_people or self.tier:
            return ""
        return self.url("people", code=code, state=state, **extra)

    def entries_url(self, *, code: str = "", **extra: Any) -> str:
        """The entries behind a figure."""
        cut = f"tier:{self.tier}" if self.tier else ""
        return self.url("entries", code=code, **{"tier": "", "cut": cut, **extra})

    def at(self, organisation: Organisation) -> "Looking":
        """The same look at another organisation."""
        return replace(self, organisation=organisation)

    def path(self, page: str) -> list[dict[str, str]]:
        """The organisation's ancestors within one's scope, for `_breadcrumb.html`."""
        prefixes = self.actor.paths(Permission.SEE_COVERAGE)
        steps = self.organisation.path.rstrip("/").split("/")
        known = Organisation.objects.in_bulk(int(step) for step in steps[:-1] if step)
        line = [known[int(step)] for step in steps[:-1] if step and int(step) in known]
        seen = [o for o in line if any(o.path.startswith(prefix) for prefix in prefixes)]
        return [{"name": str(o), "url": self.url(page, code=o.code)} for o in seen] + [{"name": str(self.organisation)}]


def look(request: Any, organisation: Organisation, form_class: type[FormT]) -> tuple[Looking, FormT]:
    """What a request asks to look at; what isn't understood falls back to this year as it stands."""
    today = clock.today()
    books = current_books()
    years = sorted({*kept_years(), today.year}, reverse=True)
    audiences = {a.key: a for a in books.organisations.audiences}
    data = request.GET.copy()
    data.setdefault("year", str(today.year))
    form = form_class(data, years=years, audiences=audiences.values(), today=today)
    form.is_valid()
    chosen = getattr(form, "cleaned_data", {})
    year = chosen.get("year") or today.year
    as_of = chosen.get("as_of")
    looking = Looking(
        actor=request.actor,
        organisation=organisation,
        books=books,
        year=year,
        day=as_of or clock.as_of_default(year),
        as_of=as_of,
        audience=audiences.get(chosen.get("audience", "")),
        tier=chosen.get("tier") or "",
    )
    return looking, form


def found_organisations(actor: Actor, text: str, *, limit: int = 30) -> list[Organisation]:
    """Organisations in scope whose code is the text, or whose name holds it; the highest first."""
    rows = actor.organisations(Permission.SEE_COVERAGE).open()
    exact = list(rows.filter(code=text))
    return exact or list(rows.filter(name__contains=text).order_by("path")[:limit])

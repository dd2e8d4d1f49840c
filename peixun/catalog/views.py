"""The rules on screen: packs in force and past, with dates and sources."""

from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from peixun.catalog.models import (
    ActivityKind,
    CreditCap,
    CreditPack,
    Delivery,
    Example,
    Requirement,
    RequirementPack,
    ResponsibilityPack,
    Setting,
    Strand,
    Tier,
)
from peixun.catalog.queries import rule_makers
from peixun.kernel import clock
from peixun.kernel.dated import holds
from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor, Permission

PackT = TypeVar("PackT", RequirementPack, CreditPack, ResponsibilityPack)
Pack = RequirementPack | CreditPack | ResponsibilityPack
DIMENSIONS: dict[str, Any] = {
    "delivery": Delivery,
    "setting": Setting,
    "strand": Strand,
    "example": Example,
    "tier": Tier,
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A pack with the state of its dates: `now`, `past` or `future`; `last` is its last day."""

    pack: Pack
    state: str
    last: date | None

    @property
    def anchor(self) -> str:
        """An id on the page."""
        return f"{self.pack._meta.model_name}-{self.pack.pk}"

    @property
    def rank(self) -> tuple[int, int]:
        """Those in force first, then those to come, the next one first, then the past ones, the last one first."""
        day = self.pack.since.toordinal()
        return {"now": (0, -day), "future": (1, day), "past": (2, -day)}[self.state]


@require_safe
def index(request: Any) -> HttpResponse:
    """Every pack that holds, held or will hold for one's organisations: their own and those of the ones above."""
    actor: Actor = request.actor
    if not actor.may_anywhere(Permission.SEE_COVERAGE) and actor.person_id is None:
        raise Http404("nothing in scope")
    today = clock.today()
    owners = _owners(actor)
    requirement_packs = _shown(RequirementPack.objects.prefetch_related("requirements__audience"), owners, today)
    credit_packs = _shown(CreditPack.objects.prefetch_related("rules", "caps"), owners, today)
    responsibility_packs = _shown(
        ResponsibilityPack.objects.prefetch_related("responsibilities__audience"), owners, today
    )
    managed = set(rule_makers(actor).values_list("pk", flat=True))
    context = {
        "makes_rules": bool(managed),
        "managed": managed,
        "responsibility_packs": responsibility_packs,
        "requirement_packs": [(s, _requirements(s.pack)) for s in requirement_packs],
        "credit_packs": [(s, _caps(s.pack)) for s in credit_packs],
        "today": today,
    }
    return render(request, "catalog/index.html", context)


def _owners(actor: Actor) -> set[int]:
    """Organisations whose packs reach the actor's: those in scope with a pack, and their ancestors."""
    owners: set[int] = set()
    for path in actor.paths(Permission.SEE_COVERAGE):
        owners.update(int(step) for step in path.split("/") if step)
    having = {
        *RequirementPack.objects.values_list("owner_id", flat=True),
        *CreditPack.objects.values_list("owner_id", flat=True),
        *ResponsibilityPack.objects.values_list("owner_id", flat=True),
    }
    inside = actor.organisations(Permission.SEE_COVERAGE).filter(pk__in=having).values_list("pk", flat=True)
    root = Organisation.objects.filter(parent__isnull=True).values_list("pk", flat=True)
    return owners | set(inside) | set(root)


def _shown(packs: QuerySet[PackT], owners: set[int], today: date) -> list[Shown]:
    rows = [_one(pack, today) for pack in packs.filter(owner__in=owners).select_related("owner")]
    return sorted(rows, key=lambda s: (s.rank, s.pack.owner.path))


def _one(pack: Pack, today: date) -> Shown:
    last = date.fromordinal(pack.until.toordinal() - 1) if pack.until else None
    if holds(pack.since, pack.until, today):
        return Shown(pack, "now", last)
    return Shown(pack, "future" if pack.since > today else "past", last)


def _requirements(pack: Any) -> list[dict[str, Any]]:
    return [_requirement(row) for row in pack.requirements.all()]


def _caps(pack: Any) -> list[tuple[CreditCap, list[str]]]:
    return [(cap, _kinds(cap.kinds)) for cap in pack.caps.all()]


def _requirement(row: Requirement) -> dict[str, Any]:
    within = [
        _("%(label)s至少 %(hours)s 学时")
        % {"label": dict(DIMENSIONS[w["dimension"]].choices).get(w["value"], w["value"]), "hours": w["hours"]}
        for w in row.within
    ]
    return {"row": row, "within": within}


def _kinds(kinds: list[str]) -> list[str]:
    words = dict(ActivityKind.choices)
    return [str(words.get(kind, kind)) for kind in kinds]

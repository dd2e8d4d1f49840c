"""The tree page: organisations below with bars; a row opens the next level in place, down to a branch's people."""

from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from peixun.coverage.forms import CoverageFilters
from peixun.coverage.queries.listing import Roster, Selection
from peixun.coverage.queries.people import Owed, Requirements
from peixun.coverage.queries.position import ChildCount, Count, position
from peixun.coverage.views.answer import fulfilled_known, worst_first
from peixun.coverage.views.common import Looking, look, organisation_in_scope
from peixun.people.models import Organisation
from peixun.people.queries.scope import Permission

MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody of a branch that is open."""

    person_id: int
    name: str
    covered: bool
    fulfilled: bool
    owed: list[Owed]


@dataclass(slots=True)
class Node:
    """One organisation of the tree; `toggle_url` opens or shuts it, `url` is its answer page."""

    name: str
    code: str
    count: Count
    toggle_url: str = ""
    url: str = ""
    gap_url: str = ""
    is_open: bool = False
    children: list["Node"] = field(default_factory=list)
    people: list[PersonLine] = field(default_factory=list)
    people_url: str = ""
    more_people: bool = False


@require_safe
def tree(request: Any, code: str) -> HttpResponse:
    """The tree below an organisation, open along one line."""
    organisation = organisation_in_scope(request.actor, code, Permission.SEE_COVERAGE)
    looking, form = look(request, organisation, CoverageFilters)
    for name in ("find", "tier"):
        del form.fields[name]
    shown = Looking(**{**_fields(looking), "tier": ""})
    line = _open_line(shown, request.GET.get("open", ""))
    builder = _Builder(shown, line)
    top = builder.node(organisation, None, shut="")
    context = {
        "looking": shown,
        "organisation": organisation,
        "form": form,
        "path": shown.path("tree"),
        "top": top,
        "fulfilled_known": fulfilled_known(shown),
        "updating": builder.updating,
        "answer_url": shown.url("answer"),
    }
    template = "coverage/_tree.html" if request.htmx and not request.htmx.boosted else "coverage/tree.html"
    answer = render(request, template, context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _fields(looking: Looking) -> dict[str, Any]:
    return {name: getattr(looking, name) for name in looking.__slots__}


def _open_line(looking: Looking, code: str) -> list[int]:
    """Ids from the page's organisation down to the one that is open, as the tree stood on the day."""
    root = looking.organisation.pk
    if not code:
        return [root]
    target = looking.actor.organisations(Permission.SEE_COVERAGE).filter(code=code).values_list("pk", flat=True).first()
    line = looking.books.organisations.at(looking.day).line(target) if target is not None else ()
    return list(line[line.index(root) :]) if root in line else [root]


class _Builder:
    """Builds the nodes along the open line."""

    def __init__(self, looking: Looking, line: list[int]) -> None:
        self.looking = looking
        self.line = set(line)
        self.updating = False
        self.requirements = Requirements()

    def node(self, organisation: Organisation, child: ChildCount | None, *, shut: str) -> Node:
        """An organisation with what is open below it; `shut` is the code that stays open when it is shut."""
        looking = self.looking
        node = Node(organisation.name, organisation.code, child.count if child else Count())
        if not looking.actor.may(Permission.SEE_COVERAGE, organisation.path):
            return node
        node.is_open = organisation.pk in self.line
        node.url = looking.url("answer", code=organisation.code)
        node.gap_url = looking.people_url("uncovered", code=organisation.code)
        can_open = not organisation.holds_members or looking.sees_people
        if can_open and child is not None:
            node.toggle_url = looking.url("tree", open=shut if node.is_open else organisation.code)
        if node.is_open:
            self._open(node, organisation)
        return node

    def _open(self, node: Node, organisation: Organisation) -> None:
        looking = self.looking
        if organisation.holds_members:
            self._people(node, organisation)
            return
        at = position(
            organisation, year=looking.year, as_of=looking.day, audience=looking.audience_key, books=looking.books
        )
        self.updating |= at.updating
        node.count = at.total
        node.children = [
            self.node(c.organisation, c, shut=organisation.code)
            for c in worst_first(at.children)
            if c.count.due or not looking.audience
        ]

    def _people(self, node: Node, organisation: Organisation) -> None:
        looking = self.looking
        if not looking.sees_people:
            return
        selection = Selection(organisation, looking.year, looking.day, "due", looking.audience)
        roster = Roster(selection, looking.books, looking.actor.paths(Permission.SEE_PEOPLE))
        rows = list(islice(roster.walk(), MOST_PEOPLE + 1))
        node.more_people = len(rows) > MOST_PEOPLE
        node.people_url = looking.people_url("due", code=organisation.code)
        node.people = [
            PersonLine(r.person_id, r.name, r.covered, r.fulfilled, self.requirements.owed(r.missing))
            for r in rows[:MOST_PEOPLE]
        ]

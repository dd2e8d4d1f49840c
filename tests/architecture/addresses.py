"""The table of every address: what it needs beside its arguments, and what each role is answered inside its scope.

An address whose arguments name something (an organisation, a person, an entry…) is asked for twice by every role: for
something inside the role's scope, where this table says what is answered, and for things outside of it, which are
never there. Whoever adds an address adds a line here; `test_urls.py` says so when one is missing.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

ROLES = (
    "member",
    "secretary",
    "class_manager",
    "township",
    "county",
    "city",
    "leader",
    "auditor",
    "administrator",
    "elsewhere",
)
EVERYBODY = frozenset(ROLES)
OFFICES = frozenset({"township", "county", "city", "elsewhere"})
SECRETARIES = frozenset({"secretary"})
SEE_COVERAGE = EVERYBODY - {"member"}
SEE_PEOPLE = OFFICES | SECRETARIES | {"class_manager", "auditor"}
EXPORT = OPEN_NUMBERS = MANAGE_PEOPLE = ISSUE_CODES = OFFICES | SECRETARIES
IMPORT = OFFICES | {"administrator"}
REPORT = OFFICES | {"leader", "auditor"}
SEE_AUDIT = frozenset({"auditor", "administrator"})
OWN_PERSON = frozenset({"member", "secretary"})
WRONG_METHOD = 405
NOT_THERE = 404


@dataclass(frozen=True)
class Place:
    """Something to fill addresses with: an organisation with what belongs to it."""

    code: str
    branch: str
    person_id: int
    entry_id: int
    activity_id: int
    job_id: int
    transfer_id: int
    change_id: int
    report_id: int


Body = Callable[[Place], Mapping[str, Any]]


@dataclass(frozen=True)
class Answers:
    """What an address answers to one method: `status` to the roles in `to`, `otherwise` to all others."""

    to: frozenset[str] = frozenset()
    status: int = 200
    otherwise: int = NOT_THERE

    def for_role(self, role: str) -> int:
        """The status for a role."""
        return self.status if role in self.to else self.otherwise


def answers(to: frozenset[str], status: int = 200, *, otherwise: int = NOT_THERE) -> Answers:
    """`status` to these roles, to others as if it weren't there."""
    return Answers(to, status, otherwise)


NEVER = Answers(otherwise=WRONG_METHOD)
"""The method isn't served, whoever asks."""


@dataclass(frozen=True)
class Address:
    """One address. `query` and `body` name their object as the arguments of the address do: `org={code}`.

    `outside` is the status of a POST that names something outside the scope: 404, or 422 where one body names many.
    """

    get: Answers = NEVER
    post: Answers = NEVER
    public: bool = False
    branch: bool = False
    query: str = ""
    outside: int = NOT_THERE
    body: Body = field(default=lambda place: {})

    @property
    def names_something(self) -> bool:
        """Whether the query or the body names an object that may lie outside a scope."""
        return "{" in self.query or self.body(NOTHING) != self.body(SOMETHING)


NOTHING, SOMETHING = Place("", "", 0, 0, 0, 0, 0, 0, 0), Place("1", "1", 1, 1, 1, 1, 1, 1, 1)


def page(to: frozenset[str], status: int = 200, **more: Any) -> Address:
    """A page that is only read."""
    return Address(get=answers(to, status), **more)


def _new_activity(place: Place) -> Mapping[str, Any]:
    return {
        "reference": "new",
        "kind": "lecture",
        "title": "讲座",
        "organiser": place.code,
        "tier": "county",
        "starts_on": "2018-03-01",
        "ends_on": "2018-03-01",
    }


def _new_credits(place: Place) -> Mapping[str, Any]:
    credit = {
        "reference": "new",
        "happened_on": "2018-03-01",
        "hours": "1.00",
        "person_id": place.person_id,
        "activity_id": place.activity_id,
    }
    return {"credits": [credit]}


HOME = {
    "home:start": Address(get=answers(frozenset({"leader", "class_manager"}), otherwise=302)),
    "home:places": page(EVERYBODY),
    "home:choose-place": Address(post=answers(EVERYBODY, 302)),
    "home:search": Address(get=answers(SEE_PEOPLE), post=answers(SEE_PEOPLE), body=lambda place: {"q": "13912345678"}),
    "home:branches": Address(get=answers(SEE_PEOPLE - SECRETARIES, otherwise=302)),
    "home:branch": page(SEE_PEOPLE, branch=True),
    "home:codes": Address(
        get=answers(ISSUE_CODES), post=answers(ISSUE_CODES), branch=True, body=lambda place: {"person": place.person_id}
    ),
    "home:me": page(OWN_PERSON),
    "home:learning": page(OWN_PERSON),
    "home:mine": page(EVERYBODY),
    "home:data": page(OWN_PERSON),
    "home:take-data": Address(post=answers(OWN_PERSON)),
    "home:password": Address(get=answers(EVERYBODY), post=answers(EVERYBODY)),
    "home:sign-in": Address(get=answers(EVERYBODY, 302), post=answers(EVERYBODY, 302), public=True),
    "home:redeem": Address(get=answers(EVERYBODY, 302), post=answers(EVERYBODY, 302), public=True),
    "home:sign-out": Address(post=answers(EVERYBODY, 302)),
    "home:display": Address(post=answers(EVERYBODY, 302), public=True),
    "home:alive": page(EVERYBODY, public=True),
    "home:ready": page(EVERYBODY, 503, public=True),
    "set_language": Address(get=answers(EVERYBODY, 302), post=answers(EVERYBODY, 302), public=True),
}
COVERAGE = {
    "coverage:index": page(SEE_COVERAGE, 302),
    "coverage:record": page(SEE_PEOPLE | {"member"}),
    "coverage:answer": page(SEE_COVERAGE),
    "coverage:tree": page(SEE_COVERAGE),
    "coverage:people": page(SEE_PEOPLE),
    "coverage:people-export": page(EXPORT),
    "coverage:entries": page(SEE_COVERAGE),
}
LEDGER = {
    "ledger:entry": page(EVERYBODY),
    "ledger:reverse": Address(get=answers(OFFICES), post=answers(OFFICES, 302), body=lambda place: {"reason": "重复"}),
    "ledger:activity": page(EVERYBODY),
    "ledger:seals": page(SEE_AUDIT),
    "ledger:verify": Address(post=answers(SEE_AUDIT, 302)),
}
EXCHANGE = {
    "exchange:index": Address(get=answers(IMPORT), post=answers(IMPORT)),
    "exchange:template": page(IMPORT),
    "exchange:job": page(IMPORT),
    "exchange:progress": page(IMPORT, 204),
    "exchange:errors": page(IMPORT),
    "exchange:missing": Address(get=answers(IMPORT), post=answers(IMPORT, 302)),
    "exchange:confirm": Address(post=answers(IMPORT, 302), body=lambda place: {"skip_bad": "on"}),
    "exchange:cancel": Address(post=answers(IMPORT, 302)),
}
CHANGES = {
    "changes:index": page(MANAGE_PEOPLE),
    "changes:branch": page(MANAGE_PEOPLE, branch=True),
    "changes:new": Address(
        get=answers(MANAGE_PEOPLE),
        post=answers(MANAGE_PEOPLE, 422),
        query="person={person_id}",
        body=lambda place: {"person": place.person_id},
    ),
    "changes:transfer": page(MANAGE_PEOPLE),
    "changes:person": page(MANAGE_PEOPLE),
    "changes:change": Address(
        get=answers(MANAGE_PEOPLE), post=answers(MANAGE_PEOPLE), body=lambda place: {"on": "2018-06-01"}
    ),
    "changes:undo": Address(post=Answers(MANAGE_PEOPLE, 302)),
    "changes:decide": Address(post=answers(MANAGE_PEOPLE, 302), body=lambda place: {"verb": "withdraw"}),
}
OTHER_ROOMS = {
    "people:organisation": page(SEE_COVERAGE),
    "people:reveal": Address(post=answers(OPEN_NUMBERS | {"member"})),
    "people:trail": page(SEE_AUDIT),
    "people:trail-whom": Address(post=answers(SEE_AUDIT, 302), body=lambda place: {"q": "13912345678"}),
    "people:trail-export": page(SEE_AUDIT),
    "catalog:index": page(EVERYBODY),
    "reports:index": page(REPORT),
    "reports:work": page(REPORT),
    "reports:work-docx": page(REPORT),
    "reports:work-figures": page(REPORT),
    "reports:table": page(REPORT),
    "reports:figure": page(REPORT),
    "reports:bulletin": page(REPORT),
    "reports:bulletin-docx": page(REPORT),
    "reports:notice": page(REPORT),
    "reports:notice-docx": page(REPORT, query="until=2018-12-01"),
    "reports:statistics": page(REPORT),
    "reports:statistics-sheet": page(REPORT),
    "reports:issued-index": page(REPORT),
    "reports:issued": page(REPORT),
    "reports:issued-docx": page(REPORT),
    "reports:issued-now": page(REPORT),
    "reports:issue": Address(post=answers(OFFICES, 302), body=lambda place: {"note": "送审"}),
}
DOCUMENTS = Address(answers(EVERYBODY), answers(EVERYBODY), public=True)
API = {
    "api:api-root": Address(Answers(), Answers(), public=True),
    "api:openapi-json": DOCUMENTS,
    "api:openapi-view": DOCUMENTS,
    "api:me": page(EVERYBODY),
    "api:head": page(EVERYBODY),
    "api:organisations": page(SEE_COVERAGE, query="org={code}"),
    "api:coverage": page(SEE_COVERAGE, query="org={code}&year=2018"),
    "api:people": page(SEE_PEOPLE, query="org={code}&year=2018"),
    "api:record": page(SEE_PEOPLE | {"member"}, query="year=2018"),
    "api:list_activities": Address(
        get=answers(SEE_COVERAGE), post=answers(IMPORT, 201), query="org={code}", body=_new_activity
    ),
    "api:post_credits": Address(post=answers(IMPORT), body=_new_credits, outside=422),
    "api:reverse_credit": Address(post=answers(OFFICES, 201), body=lambda place: {"reason": "重复"}),
}
ADDRESSES: dict[str, Address] = {**HOME, **COVERAGE, **LEDGER, **EXCHANGE, **CHANGES, **OTHER_ROOMS, **API}
OBJECTS = {"code", "person_id", "entry_id", "activity_id", "job_id", "transfer_id", "change_id", "report_id"}
"""Arguments that name something which may lie outside of a scope; `code` is an organisation's."""
CHOSEN = {"kind": "lost", "year": "2018", "key": "trained_total", "what": "members"}
"""Arguments that name nothing of the kind."""


def walk(patterns, prefix: str = "", namespace: str = "") -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name, route and arguments of every pattern."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern.url_patterns, route, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or ''}", route, tuple(pattern.pattern.converters)


ROUTES: dict[str, tuple[str, tuple[str, ...]]] = {}
for _name, _route, _arguments in walk(get_resolver().url_patterns):
    # Methods of one address may be patterns of their own: the first one stands for them.
    if _route not in {route for route, _ in ROUTES.values()}:
        ROUTES[_name] = (_route, _arguments)


def query_of(name: str, place: Place) -> str:
    """The query that an address needs, with its question mark; "" for most."""
    query = ADDRESSES[name].query.format(code=place.code, person_id=place.person_id)
    return f"?{query}" if query else ""


def fill(name: str, place: Place) -> str:
    """The address with its arguments filled from a place."""
    route, arguments = ROUTES[name]
    rule = ADDRESSES[name]
    for argument in arguments:
        if argument == "code":
            value: object = place.branch if rule.branch else place.code
        elif argument in OBJECTS:
            value = getattr(place, argument)
        else:
            value = CHOSEN[argument]
        start, end = route.index("<"), route.index(">")
        route = f"{route[:start]}{value}{route[end + 1 :]}"
    return "/" + route

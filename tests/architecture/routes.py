"""Every address of the product as its resolver knows it, and how it is filled."""

from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.addresses import ADDRESSES, CHOSEN, OBJECTS
from tests.architecture.asked import Place


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

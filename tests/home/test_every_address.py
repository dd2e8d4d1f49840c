"""Every address of the product: nobody enters without an account, nobody sees what lies outside their scope."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter

from tests.home.conftest import ROLES

PUBLIC = {
    "help/",
    "help/<str:topic>/",
    "sign-in/",
    "sign-in/code/",
    "sign-in/oidc/",
    "sign-in/oidc/back/",
    "messages/calendar/<str:token>.ics",
    "display/",
    "language/",
    "healthz",
    "readyz",
    "metrics",
}
SCOPED = {"code", "person_id"}


def _addresses(patterns, prefix: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and not route.startswith("api/"):
            yield route, pattern.pattern.converters


ADDRESSES = dict(_addresses(get_resolver().url_patterns))


def _fill(route: str, converters: dict[str, object], **values: object) -> str:
    for name, converter in converters.items():
        start = route.index("<")
        value = values.get(name, 1 if isinstance(converter, IntConverter) else "2018")
        route = route[:start] + str(value) + route[route.index(">") + 1 :]
    return "/" + route


@pytest.mark.parametrize("route", sorted(ADDRESSES))
def test_only_public_pages_open_without_an_account(client, db, route):
    response = client.get(_fill(route, ADDRESSES[route]))
    sent_away = response.status_code == 302 and response.url.startswith("/sign-in/")
    assert sent_away != (route in PUBLIC)


@pytest.mark.parametrize("route", sorted(r for r, converters in ADDRESSES.items() if SCOPED & converters.keys()))
def test_what_lies_outside_the_scope_is_not_there(city, as_role, route):
    """All accounts stand on the first county or below; what is asked for lies in the second."""
    address = _fill(route, ADDRESSES[route], code="T21a", person_id=city.persons[-1])
    for login in (*ROLES, "branch", "member", "nobody"):
        client = as_role(login)
        response = client.get(address)
        if response.status_code == 405:
            response = client.post(address)
        assert response.status_code == 404, login


def test_an_unknown_address_answers_404_in_words(client, db):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "没有找到这个页面" in response.content.decode()

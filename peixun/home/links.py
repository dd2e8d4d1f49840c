"""Addresses of other rooms' pages: what a page can't be reached by isn't offered."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go to, in a menu or a list."""

    title: str
    url: str
    icon: str = ""
    current: bool = False
    text: str = ""


def address(name: str, *arguments: object) -> str:
    """The address of a page by name; "" where there is no such page."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def safe_address(request: HttpRequest, wanted: str) -> str:
    """An address to go on to or back to, as long as it is one of this site; else ""."""
    allowed = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if allowed else ""

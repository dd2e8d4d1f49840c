"""Addresses of other rooms' pages: what a page can't be reached by isn't offered."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse


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

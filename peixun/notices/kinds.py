"""Kinds of messages: each room registers its own in `AppConfig.ready`, with the words they are read in.

A message keeps its kind and its parameters and no words: it is read in the language that its reader reads in, on a
page, in a calendar or over a channel, whoever caused it.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from peixun.people.queries.scope import Actor, Permission


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `label` is its name in the preferences; `title` and `text` take the parameters as %(name)s.

    `dates` names parameters that are ISO dates, `choices` gives the words of those that are slugs. `permission` says
    who gets it at all, None everybody. Only a `printable` kind may be printed for a member by the secretary.
    """

    key: str
    label: Any
    title: Any
    text: Any
    dates: tuple[str, ...] = ()
    choices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    printable: bool = False
    permission: Permission | None = None


class Words(NamedTuple):
    """A message as it is read."""

    title: str
    text: str


_registered: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Make kinds known; the same key twice is the same kind."""
    for kind in kinds:
        _registered[kind.key] = kind


def known() -> list[Kind]:
    """All kinds, in the order of their keys."""
    return [_registered[key] for key in sorted(_registered)]


def known_to(actor: Actor) -> list[Kind]:
    """The kinds that an actor may get, for their preferences."""
    return [kind for kind in known() if kind.permission is None or actor.may_anywhere(kind.permission)]


def is_known(key: str) -> bool:
    """Whether a kind is registered."""
    return key in _registered


def words(key: str, parameters: Mapping[str, Any]) -> Words:
    """A message in the active language; one whose kind is no longer known, or has other words by now, says so."""
    kind = _registered.get(key)
    if kind is not None:
        # A message outlives the words that it was sent with: one that lacks what they name must not break the list.
        with contextlib.suppress(KeyError, TypeError, ValueError):
            return _filled(kind, parameters)
    return Words(_("旧消息"), _("这类消息已不再使用。"))


def _filled(kind: Kind, parameters: Mapping[str, Any]) -> Words:
    shown = dict(parameters)
    for name in kind.dates:
        shown[name] = date_format(date.fromisoformat(shown[name]), "DATE_FORMAT")
    for name, known_words in kind.choices.items():
        shown[name] = known_words.get(shown[name], shown[name])
    return Words(str(kind.title) % shown, str(kind.text) % shown)

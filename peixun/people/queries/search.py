"""Finding persons and organisations among hundreds of thousands, within a scope, page by page.

What was typed decides which columns are asked. Each question is a stream of rows ordered by one indexed column, so
that a page reads little more than it shows; when one stream ends the next begins. A cursor names the stream and the
last row shown.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.db.models import F, Q

from peixun.kernel.cells import CellError, clean_text
from peixun.kernel.citizen_number import normalise
from peixun.people.models import Organisation
from peixun.people.queries.scope import Actor, Permission
from peixun.people.sealed_box import lookup

PAGE = 50
MOST_ORGANISATIONS = 8
LONGEST = 60
# Above every character, so that [text, text + LAST) holds what begins with the text.
LAST = "\U0010ffff"


class Asked(StrEnum):
    """What somebody looks for."""

    NOTHING = "nothing"
    NAME = "name"
    LETTERS = "letters"
    LAST_FOUR = "last_four"
    CITIZEN_NUMBER = "citizen_number"
    PHONE = "phone"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed, understood. `place` narrows a name down to branches whose name holds it."""

    asked: Asked
    text: str = ""
    place: str = ""

    @property
    def is_personal(self) -> bool:
        """Whether it is a whole personal number, which belongs into no address and no log."""
        return self.asked in {Asked.CITIZEN_NUMBER, Asked.PHONE}


_PHONE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_LAST_FOUR = re.compile(r"\d{3}[\dXx]")
_CODE = re.compile(r"[\dA-Za-z-]*\d[\dA-Za-z-]*")


def read_question(typed: str) -> Question:
    """Understand what was typed: numbers by their shape, letters as pinyin, all else as a name."""
    words = clean_text(typed)[:LONGEST].split()
    joined = "".join(words)
    if not joined:
        return Question(Asked.NOTHING)
    number = _number(joined)
    if number is not None:
        return number
    if joined.replace("'", "").isascii() and joined.replace("'", "").isalpha():
        return Question(Asked.LETTERS, joined.replace("'", "").lower())
    if len(words) > 1 and all(len(word) > 1 for word in words):
        return Question(Asked.NAME, words[0], "".join(words[1:]))
    return Question(Asked.NAME, joined)


def _number(joined: str) -> Question | None:
    phone = _PHONE.fullmatch(joined.replace("-", ""))
    if phone:
        return Question(Asked.PHONE, phone[1])
    if len(joined) in {15, 18} and joined[:-1].isdecimal():
        try:
            return Question(Asked.CITIZEN_NUMBER, normalise(joined))
        except CellError:
            # Mistyped, but surely meant as one: nobody has it, and it is treated as personal all the same.
            return Question(Asked.CITIZEN_NUMBER, joined.upper())
    if _LAST_FOUR.fullmatch(joined):
        return Question(Asked.LAST_FOUR, joined.upper())
    return Question(Asked.CODE, joined) if _CODE.fullmatch(joined) else None


class Found(NamedTuple):
    """One person found, with the branch of the day."""

    person_id: int
    name: str
    gender: str
    birth_date: date | None
    organisation_id: int
    organisation_code: str
    organisation_name: str
    organisation_path: str


@dataclass(frozen=True, slots=True)
class Page:
    """Persons in the order of the question; `cursor` brings the next page, "" at the end."""

    found: list[Found]
    cursor: str = ""


class _Stream(NamedTuple):
    """A condition on persons with its parameters, the column that orders them, whether an index leaves only a few."""

    condition: str
    parameters: tuple[Any, ...]
    key: str
    few: bool = False


def _begins(column: str, text: str) -> tuple[str, tuple[str, ...]]:
    if connection.vendor == "sqlite":
        return f"({column} >= %s AND {column} < %s)", (text, text + LAST)
    # The lower bound lets the ordered index begin there, whatever the collation.
    return f"({column} >= %s AND {column} LIKE %s)", (text, _escaped(text) + "%")


def _holds(column: str, text: str) -> tuple[str, tuple[str, ...]]:
    if connection.vendor == "sqlite":
        return f"instr({column}, %s) > 0", (text,)
    # Not strpos: of a LIKE the planner knows that few rows answer it.
    return f"{column} LIKE %s", (f"%{_escaped(text)}%",)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def _but_not(wanted: tuple[str, tuple[str, ...]], other: tuple[str, tuple[str, ...]]) -> tuple[str, tuple[str, ...]]:
    return f"{wanted[0]} AND NOT {other[0]}", (*wanted[1], *other[1])


def _streams(question: Question) -> list[_Stream]:
    text = question.text
    if question.asked == Asked.NAME:
        begins = _begins("p.name", text)
        return [_Stream(*begins, "p.name"), _Stream(*_but_not(_holds("p.name", text), begins), "p.name")]
    if question.asked == Asked.LETTERS:
        pinyin, initials = _begins("p.pinyin", text), _begins("p.initials", text)
        return [_Stream(*pinyin, "p.pinyin"), _Stream(*_but_not(initials, pinyin), "p.initials")]
    hashes = {
        Asked.LAST_FOUR: (("citizen_last4", "citizen4"), ("phone_last4", "phone4")),
        Asked.CITIZEN_NUMBER: (("citizen_lookup", "citizen"),),
        Asked.PHONE: (("phone_lookup", "phone"),),
    }.get(question.asked)
    if hashes is None:
        return []
    union = " UNION ".join(f"SELECT person_id FROM people_identity WHERE {column} = %s" for column, _ in hashes)  # noqa: S608
    return [_Stream(f"p.id IN ({union})", tuple(lookup(kind, text) for _, kind in hashes), "p.name", few=True)]


# SQLite nests a CROSS JOIN as it is written. Persons first, in the order of the stream's index, stop at a full page;
# in a small subtree few of them would count, so there its organisations come first.
PERSONS_FIRST = "people_person p CROSS JOIN people_membership m CROSS JOIN people_organisation o"
PLACES_FIRST = "people_organisation o CROSS JOIN people_membership m CROSS JOIN people_person p"
SMALL_FROM_DEPTH = 2
SQL = """
    SELECT p.id, p.name, p.gender, p.birth_date, o.id, o.code, o.name, o.path, {key}
    FROM {tables}
    WHERE m.person_id = p.id AND o.id = m.organisation_id
      AND m.since <= %s AND (m.until IS NULL OR m.until > %s)
      AND {condition}{narrower}
      AND NOT EXISTS (SELECT 1 FROM people_personalias a WHERE a.alias_id = p.id)
    ORDER BY {key}, p.id LIMIT %s
"""


def find_persons(actor: Actor, question: Question, *, day: date, cursor: str = "", size: int = PAGE) -> Page:
    """Members on the roll on a day who answer a question, within the actor's scope.

    A cursor that can't be read begins anew. One query a stream, at most two.
    """
    streams, paths = _streams(question), actor.paths(Permission.SEE_PEOPLE)
    if not streams or not paths:
        return Page([])
    number, after = _read_cursor(cursor, len(streams))
    rows: list[tuple[Any, ...]] = []
    for index in range(number, len(streams)):
        wanted = size - len(rows) + 1
        rows += [(*row, index) for row in _read(streams[index], question.place, paths, day, after, wanted)]
        after = None
        if len(rows) > size:
            last = rows[size - 1]
            return Page([_found(row) for row in rows[:size]], _cursor(last[-1], last[-2], last[0]))
    return Page([_found(row) for row in rows])


def _read(
    stream: _Stream, place: str, paths: Sequence[str], day: date, after: tuple[str, int] | None, limit: int
) -> list[tuple[Any, ...]]:
    narrower, parameters = _scope(paths)
    if place:
        held, more = _holds("o.name", place)
        narrower, parameters = f"{narrower} AND {held}", [*parameters, *more]
    if after:
        narrower, parameters = f"{narrower} AND ({stream.key}, p.id) > (%s, %s)", [*parameters, *after]
    small = all(path.count("/") > SMALL_FROM_DEPTH for path in paths) and not stream.few
    tables = PLACES_FIRST if small else PERSONS_FIRST
    sql = SQL.format(tables=tables, key=stream.key, condition=stream.condition, narrower=narrower)
    with connection.cursor() as cursor:
        cursor.execute(sql, [day.isoformat(), day.isoformat(), *stream.parameters, *parameters, limit])
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _scope(paths: Sequence[str]) -> tuple[str, list[Any]]:
    if any(path.count("/") <= 1 for path in paths):
        return "", []  # the root: everybody
    conditions = " OR ".join("(o.path >= %s AND o.path < %s)" for _ in paths)
    return f" AND ({conditions})", [bound for path in paths for bound in (path, path + LAST)]


def _found(row: Sequence[Any]) -> Found:
    birth = row[3]
    return Found(row[0], row[1], row[2], date.fromisoformat(birth) if isinstance(birth, str) else birth, *row[4:8])


def _cursor(stream: int, key: str, person_id: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([stream, key, person_id])).decode().rstrip("=")


def _read_cursor(cursor: str, streams: int) -> tuple[int, tuple[str, int] | None]:
    try:
        stream, key, person_id = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error):
        return 0, None
    known = isinstance(stream, int) and 0 <= stream < streams and isinstance(key, str) and isinstance(person_id, int)
    return (stream, (key, person_id)) if known else (0, None)


def find_organisations(actor: Actor, question: Question) -> list[Organisation]:
    """Organisations in scope whose name holds what was typed or whose code begins with it; open ones first."""
    if question.asked == Asked.NAME:
        condition = Q(name__contains=question.text) | Q(short_name__contains=question.text)
    elif question.asked in {Asked.CODE, Asked.LAST_FOUR, Asked.LETTERS}:
        condition = Q(code__istartswith=question.text) | Q(name__icontains=question.text)
    else:
        return []
    rows = actor.organisations(Permission.SEE_PEOPLE).filter(condition)
    return list(rows.order_by(F("closed_on").asc(nulls_first=True), "path")[:MOST_ORGANISATIONS])

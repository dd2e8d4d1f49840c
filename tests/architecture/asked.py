"""What an address is asked with and answers: roles, what there is to ask for, statuses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

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
EXPORT = OPEN_NUMBERS = MANAGE_PEOPLE = ISSUE_CODES = ANSWER_CLAIMS = OFFICES | SECRETARIES
IMPORT = OFFICES | {"administrator"}
GIVE_ROLES = OFFICES | {"administrator"}
ASK_ERASURE = OFFICES - {"township"} | {"administrator"}
MANAGE_ACCOUNTS = frozenset({"administrator"})
REPORT = OFFICES | {"leader", "auditor"}
MAKE_RULES = OFFICES - {"township"}
CLOSE_YEAR = OFFICES - {"township"}
SEE_AUDIT = frozenset({"auditor", "administrator"})
OWN_PERSON = frozenset({"member", "secretary"})
WRONG_METHOD = 405
NOT_THERE = 404


@dataclass(frozen=True)
class Place:
    """Something to fill addresses with: an organisation with what belongs to it."""

    code: str
    branch: str
    person_id: int = 0
    entry_id: int = 0
    activity_id: int = 0
    job_id: int = 0
    transfer_id: int = 0
    change_id: int = 0
    account_id: int = 0
    grant_id: int = 0
    organisation_change_id: int = 0
    other_id: int = 0
    alias_id: int = 0
    apart_id: int = 0
    draft_id: int = 0
    trial_id: int = 0
    pack_id: int = 0
    message_id: int = 0
    claim_id: int = 0
    closing_id: int = 0
    report_id: int = 0
    schedule_id: int = 0
    file_id: int = 0
    audience: str = ""


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


NUMBERS = [part.name for part in fields(Place) if part.name not in {"code", "branch"} and part.type is int]
WORDS = [part.name for part in fields(Place) if part.name not in {"code", "branch", *NUMBERS}]


def everything(code: str, number: int) -> Place:
    """A place in which everything is called the same."""
    return Place(code, code, **dict.fromkeys(NUMBERS, number), **dict.fromkeys(WORDS, code))


NOTHING, SOMETHING = everything("", 0), everything("1", 1)


def page(to: frozenset[str], status: int = 200, **more: Any) -> Address:
    """A page that is only read."""
    return Address(get=answers(to, status), **more)

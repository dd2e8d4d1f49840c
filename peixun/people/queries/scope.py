"""Who acts, and which subtrees they may see and change."""

import getpass
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from peixun.people.models import Account, Grant, Organisation, Role
from peixun.people.models.organisations import OrganisationQuerySet


class Permission(StrEnum):
    """What a role lets its holder do within its subtree."""

    SEE_COVERAGE = "see_coverage"
    SEE_PEOPLE = "see_people"
    OPEN_NUMBERS = "open_numbers"
    EXPORT = "export"
    IMPORT = "import"
    REVERSE = "reverse"
    REPORT = "report"
    ISSUE_REPORT = "issue_report"
    SEE_AUDIT = "see_audit"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_ACCOUNTS = "manage_accounts"
    ISSUE_CODES = "issue_codes"
    GIVE_ROLES = "give_roles"
    MANAGE_RULES = "manage_rules"
    ANSWER_CLAIMS = "answer_claims"
    CLOSE_YEAR = "close_year"
    REQUEST_ERASURE = "request_erasure"
    ERASE = "erase"


P = Permission
ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.SECRETARY: frozenset(
        {
            P.SEE_COVERAGE,
            P.SEE_PEOPLE,
            P.OPEN_NUMBERS,
            P.EXPORT,
            P.MANAGE_PEOPLE,
            P.ISSUE_CODES,
            P.ANSWER_CLAIMS,
        }
    ),
    Role.CLASS_MANAGER: frozenset({P.SEE_COVERAGE, P.SEE_PEOPLE}),
    Role.OFFICE: frozenset(
        {
            P.SEE_COVERAGE,
            P.SEE_PEOPLE,
            P.OPEN_NUMBERS,
            P.EXPORT,
            P.IMPORT,
            P.REVERSE,
            P.REPORT,
            P.ISSUE_REPORT,
            P.MANAGE_PEOPLE,
            P.ISSUE_CODES,
            P.GIVE_ROLES,
            P.MANAGE_RULES,
            P.ANSWER_CLAIMS,
            P.CLOSE_YEAR,
            P.REQUEST_ERASURE,
        }
    ),
    Role.LEADER: frozenset({P.SEE_COVERAGE, P.REPORT}),
    Role.AUDITOR: frozenset({P.SEE_COVERAGE, P.SEE_PEOPLE, P.SEE_AUDIT, P.REPORT}),
    Role.ADMINISTRATOR: frozenset(
        {P.SEE_COVERAGE, P.IMPORT, P.MANAGE_ACCOUNTS, P.GIVE_ROLES, P.SEE_AUDIT, P.REQUEST_ERASURE, P.ERASE}
    ),
}


class OutOfScope(Exception):
    """The actor may not do this here."""


@dataclass(frozen=True, slots=True)
class GrantedRole:
    """One grant in force."""

    role: str
    organisation_id: int
    path: str
    level: str = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: an account with its grants in force, or the system itself."""

    account_id: int | None
    person_id: int | None
    system_user: str
    grants: tuple[GrantedRole, ...]
    is_system: bool = False

    def paths(self, permission: Permission) -> list[str]:
        """Path prefixes of the subtrees where the actor has a permission, none below another."""
        if self.is_system:
            return [""]
        found = sorted({g.path for g in self.grants if permission in ROLE_PERMISSIONS[g.role]})
        return [p for i, p in enumerate(found) if not any(p.startswith(q) for q in found[:i])]

    def may(self, permission: Permission, path: str) -> bool:
        """Whether the actor has a permission on the organisation with this path."""
        return any(path.startswith(prefix) for prefix in self.paths(permission))

    def may_anywhere(self, permission: Permission) -> bool:
        """Whether the actor has a permission on anything."""
        return self.is_system or any(permission in ROLE_PERMISSIONS[g.role] for g in self.grants)

    def organisations(self, permission: Permission) -> OrganisationQuerySet:
        """The organisations on which the actor has a permission, as the tree stands today."""
        if self.is_system:
            return Organisation.objects.all()
        return Organisation.objects.under_any(self.paths(permission))

    def require(self, permission: Permission, path: str) -> None:
        """Raise OutOfScope unless the actor has a permission on the organisation with this path."""
        if not self.may(permission, path):
            raise OutOfScope(f"{permission} is not granted here")


def system_actor() -> Actor:
    """The system itself; the audit names the operating-system user."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        user = "?"
    return Actor(account_id=None, person_id=None, system_user=user, grants=(), is_system=True)


def actor_of(account: Account, *, day: date) -> Actor:
    """The actor behind an account, with the grants that are in force on a day."""
    grants = Grant.objects.on(day).filter(account=account).select_related("organisation")
    return Actor(
        account_id=account.pk,
        person_id=account.person_id,
        system_user="",
        grants=tuple(GrantedRole(g.role, g.organisation_id, g.organisation.path, g.organisation.level) for g in grants),
    )

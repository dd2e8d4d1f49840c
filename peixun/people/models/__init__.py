"""The tables of the room, by topic."""

from peixun.people.models.accounts import Account, Grant, Role
from peixun.people.models.audiences import Audience
from peixun.people.models.audit import AuditEntry
from peixun.people.models.codes import OneTimeCode
from peixun.people.models.erasure import ErasureReason, ErasureRequest, ErasureState
from peixun.people.models.external import ExternalLogin
from peixun.people.models.memberships import (
    Membership,
    MembershipStatus,
    Post,
    PostTitle,
    StatusKind,
    StatusPeriod,
)
from peixun.people.models.organisations import (
    MEMBER_KINDS,
    Level,
    Organisation,
    OrganisationKind,
    OrganisationVersion,
    Sector,
    Succession,
    SuccessionKind,
)
from peixun.people.models.persons import Identity, NotSamePerson, Person, PersonAlias
from peixun.people.models.signing import FactorKind, SecondFactor, SignedIn, SignInWay, SpareCode
from peixun.people.models.tokens import KeptAnswer, Token, TokenKind, TokenScope

__all__ = [
    "MEMBER_KINDS",
    "Account",
    "Audience",
    "AuditEntry",
    "ErasureReason",
    "ErasureRequest",
    "ErasureState",
    "ExternalLogin",
    "FactorKind",
    "Grant",
    "Identity",
    "KeptAnswer",
    "Level",
    "Membership",
    "MembershipStatus",
    "NotSamePerson",
    "OneTimeCode",
    "Organisation",
    "OrganisationKind",
    "OrganisationVersion",
    "Person",
    "PersonAlias",
    "Post",
    "PostTitle",
    "Role",
    "SecondFactor",
    "Sector",
    "SignInWay",
    "SignedIn",
    "SpareCode",
    "StatusKind",
    "StatusPeriod",
    "Succession",
    "SuccessionKind",
    "Token",
    "TokenKind",
    "TokenScope",
]

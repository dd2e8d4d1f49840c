"""The tables of the room, by topic."""

from peixun.catalog.models.packs import (
    CapPeriod,
    CarryOver,
    CreditCap,
    CreditPack,
    CreditRule,
    Requirement,
    RequirementPack,
    RequirementPeriod,
    Unit,
)
from peixun.catalog.models.responsibilities import Responsibility, ResponsibilityPack
from peixun.catalog.models.topics import Topic, TopicGroup
from peixun.catalog.models.vocabulary import (
    ActivityKind,
    Delivery,
    Example,
    ProgrammeKind,
    Setting,
    Strand,
    Tier,
)

__all__ = [
    "ActivityKind",
    "CapPeriod",
    "CarryOver",
    "CreditCap",
    "CreditPack",
    "CreditRule",
    "Delivery",
    "Example",
    "ProgrammeKind",
    "Requirement",
    "RequirementPack",
    "RequirementPeriod",
    "Responsibility",
    "ResponsibilityPack",
    "Setting",
    "Strand",
    "Tier",
    "Topic",
    "TopicGroup",
    "Unit",
]

"""A small city: a root, two counties, townships and branches, members and posts, the rules of 2017 and 2018."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count

from peixun.catalog.models import CreditCap, CreditPack, Requirement, RequirementPack
from peixun.ledger import operations as ledger
from peixun.ledger.models import CreditEntry
from peixun.people.models import Account, Audience, Grant, Organisation, Person
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.operations.organisations import NewOrganisation, found_organisations
from peixun.people.operations.posts import NewPost, appoint
from peixun.people.queries.scope import system_actor

NOW = datetime(2018, 6, 30, 4, 0, tzinfo=UTC)
FOUNDED = date(1990, 1, 1)
SYSTEM = system_actor()
_numbers = count(1)


@dataclass
class World:
    """The ids that tests need."""

    organisations: dict[str, int] = field(default_factory=dict)
    branches: list[str] = field(default_factory=list)
    persons: list[int] = field(default_factory=list)

    def organisation(self, code: str) -> Organisation:
        """An organisation by its code."""
        return Organisation.objects.get(code=code)

    @property
    def root(self) -> Organisation:
        """The city."""
        return self.organisation("R")

    def person(self, index: int) -> Person:
        """A person by position."""
        return Person.objects.get(pk=self.persons[index])


def new_organisation(code: str, parent: str, **fields: object) -> NewOrganisation:
    """An organisation with sensible defaults."""
    kind = "branch" if code[-1].islower() else "committee"
    defaults = {
        "name": f"党组织{code}",
        "kind": kind,
        "level": "grassroots",
        "founded_on": FOUNDED,
        "sector": "village",
    }
    return NewOrganisation(code=code, parent_code=parent, **{**defaults, **fields})


def build_world(members: int = 5) -> World:
    """Root R; counties C1, C2; townships T11, T12, T21, T22; branches T11a, T11b, … with some members each."""
    world = World()
    tree = [new_organisation("R", "", name="测试市委", level="city")]
    for county in ("1", "2"):
        tree.append(new_organisation(f"C{county}", "R", name=f"第{county}县委", level="county"))
        for town in ("1", "2"):
            code = f"T{county}{town}"
            tree.append(new_organisation(code, f"C{county}", name=f"{county}{town}镇党委", level="township"))
            for branch in ("a", "b"):
                world.branches.append(code + branch)
                tree.append(new_organisation(code + branch, code, name=f"{county}{town}{branch}村党支部"))
    world.organisations = found_organisations(tree, by=SYSTEM, at=NOW)
    world.persons = enrol(
        [
            NewPerson(
                name=f"张{chr(0x4E00 + i)}",
                organisation_id=world.organisations[branch],
                member_since=date(2010, 1, 1),
                gender="m",
                birth_date=date(1970, 1, 1),
            )
            for i, branch in enumerate(b for b in world.branches for _ in range(members))
        ],
        by=SYSTEM,
        at=NOW,
    )
    add_rules(world)
    appoint(
        [
            NewPost(world.persons[members * i], world.organisations[code], "secretary", date(2015, 1, 1))
            for i, code in enumerate(world.branches)
        ],
        by=SYSTEM,
        at=NOW,
    )
    return world


def add_rules(world: World) -> None:
    """Members owe 32 hours, secretaries 56 and one concentrated training; caps on branch study."""
    root = world.organisations["R"]
    members = Audience.objects.create(key="members", name="党员", owner_id=root, rule={}, bit=0)
    secretaries = Audience.objects.create(
        key="secretaries", name="支部书记", owner_id=root, rule={"posts": ["secretary"]}, bit=1
    )
    pack = RequirementPack.objects.create(
        key="r", name="要求", owner_id=root, since=date(2014, 1, 1), until=date(2019, 1, 1), source="测试"
    )
    Requirement.objects.create(pack=pack, audience=members, name="党员32学时", min_hours=32)
    Requirement.objects.create(pack=pack, audience=secretaries, name="书记56学时", min_hours=56, min_concentrated=1)
    credit = CreditPack.objects.create(key="a", name="折算", owner_id=root, since=date(2010, 1, 1), source="测试")
    CreditCap.objects.create(
        pack=credit, name="学习每天至多8", kinds=["branch_study", "group_viewing"], period="day", max_hours=8
    )
    CreditCap.objects.create(pack=credit, name="内训每年至多18", kinds=["in_house"], period="year", max_hours=18)


def activity(world: World, *, on: date, kind: str = "lecture", reference: str = "", **fields: object) -> int:
    """An activity, opened; its id."""
    reference = reference or f"act-{next(_numbers)}"
    defaults = {
        "title": f"活动{reference}",
        "organiser_id": world.organisations["R"],
        "tier": "county",
        "starts_on": on,
        "ends_on": on,
        "delivery": "offline",
        "setting": "classroom",
        "strand": "theory",
    }
    new = ledger.NewActivity(source_kind="test", source="R", reference=reference, kind=kind, **{**defaults, **fields})
    return ledger.open_activities([new])[new.key]


def credit(
    person_id: int, activity_id: int, *, on: date, hours: float, ref: str = "", revision: int = 1
) -> ledger.NewCredit:
    """A credit not posted yet."""
    return ledger.NewCredit(
        source_kind="test",
        source="R",
        source_ref=ref or f"ref-{next(_numbers)}",
        person_id=person_id,
        activity_id=activity_id,
        happened_on=on,
        quarters=int(hours * 4),
        revision=revision,
    )


def post(world: World, person_id: int, *, on: date, hours: float, **fields: object) -> CreditEntry:
    """A credit, posted; its entry."""
    new = credit(person_id, activity(world, on=on, **fields), on=on, hours=hours)
    ledger.post([new], by=SYSTEM, at=NOW)
    return CreditEntry.objects.get(person_id=person_id, source_ref=new.source_ref, reverses=None)


def account(login: str, *, role: str = "", organisation: Organisation | None = None, person: Person | None = None):
    """An account with a role on a subtree; its password is its login."""
    made = Account.objects.create_account(login=login, password=login, person=person, display_name=login)
    if role:
        Grant.objects.create(account=made, role=role, organisation=organisation, since=date(2010, 1, 1))
    return made

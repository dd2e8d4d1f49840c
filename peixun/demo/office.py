"""What waits in the demo's offices: transfers on their way, claims of members, for the accounts that people try."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction

from peixun.catalog.models import ActivityKind
from peixun.changes.operations import Proposal, propose
from peixun.claims.operations import Filing, file
from peixun.demo.accounts import DemoAccount
from peixun.demo.city import City
from peixun.demo.people import NEVER, Member
from peixun.demo.size import TODAY
from peixun.demo.units import Unit
from peixun.people.models import Account, Membership, Organisation, Person, Role
from peixun.people.queries.scope import Actor, GrantedRole, actor_of

THEME_DAY = date(2018, 6, 5)
LECTURE = date(2018, 5, 15)


@transaction.atomic
def fill_desks(city: City, accounts: Sequence[DemoAccount]) -> None:
    """Two members of a neighbouring branch come to the secretary's, one leaves it; two members miss hours."""
    logins = {account.login: account for account in accounts}
    branch, claimant = logins["secretary"].unit, logins["member"].person
    neighbour = _neighbour(city, branch)
    if neighbour is not None:
        _propose(city, _movable(city, neighbour)[:2], branch, by=_secretary_of(neighbour))
        _propose(city, _movable(city, branch)[-1:], neighbour, by=_actor("secretary"))
    if claimant is not None:
        own = Actor(account_id=_actor("member").account_id, person_id=claimant.id, system_user="", grants=())
        _claim(city, claimant, THEME_DAY, "重温入党誓词主题党日", ActivityKind.THEME_DAY, by=own)
    for member in _movable(city, branch)[:1]:
        _claim(city, member, LECTURE, "乡村振兴专题讲座", ActivityKind.LECTURE, by=_actor("secretary"))


def _neighbour(city: City, branch: Unit) -> Unit | None:
    """Another branch under the same committee, where somebody can leave."""
    others = [unit for unit in city.units if unit.parent == branch.parent and unit.holds_members and unit != branch]
    return max((unit for unit in others if _movable(city, unit)), key=lambda unit: unit.members, default=None)


def _movable(city: City, unit: Unit) -> list[Member]:
    staying = [m for m in city.rosters[unit] if m.until == NEVER and not m.moves and not m.posts and not m.lost]
    return sorted(staying, key=lambda m: m.born)[-3:]


def _propose(city: City, members: Sequence[Member], to: Unit, *, by: Actor) -> None:
    if members:
        receiving = Organisation.objects.get(pk=to.id)
        proposal = Proposal(tuple(m.id for m in members), receiving, TODAY, "随家庭迁居")
        propose(proposal, today=TODAY, by=by, at=city.at)


def _claim(city: City, member: Member, day: date, title: str, kind: str, *, by: Actor) -> None:
    if not Membership.objects.on(day).filter(person=member.id).exists():
        return  # came to the roll later: a very small city has few to choose from
    person = Person.objects.get(pk=member.id)
    filing = Filing(person, Decimal(2), day, words="当天参加了，名单上漏登了。", title=title, activity_kind=kind)
    file(filing, today=TODAY, by=by, at=city.at)


def _actor(login: str) -> Actor:
    return actor_of(Account.objects.get(login=login), day=TODAY)


def _secretary_of(unit: Unit) -> Actor:
    """Whoever acts for a branch that has no account in the demo."""
    place = Organisation.objects.get(pk=unit.id)
    granted = GrantedRole(Role.SECRETARY, place.pk, place.path, place.level)
    return Actor(account_id=None, person_id=None, system_user="demo", grants=(granted,))

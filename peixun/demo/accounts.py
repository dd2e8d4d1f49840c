"""One account for each role, with one password that holds in the demo only."""

from collections import Counter
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction

from peixun.demo.city import City
from peixun.demo.people import NEVER, Member
from peixun.demo.units import ROOT, Unit
from peixun.people.models import Account, Grant, Person, Role
from peixun.people.operations import audit

PASSWORD = settings.DEMO_PASSWORD
GRANTED_SINCE = date(2016, 1, 1)


class DemoAccount(NamedTuple):
    """A login with what it is granted and the words that the sign-in page shows for it."""

    login: str
    name: str
    role: str
    demo_role: str
    unit: Unit
    person: Member | None = None


@transaction.atomic
def open_accounts(city: City, *, gaps: Counter[Unit]) -> list[DemoAccount]:
    """This operation will open the demo's accounts; `gaps` says how many of each branch nobody has reached in 2018."""
    branch = _branch_with_gaps(city, gaps)
    secretary = city.cadre.current[branch]
    county = city.county_of(branch)
    root, township = city.by_code[ROOT], city.by_code[branch.parent]
    accounts = [
        DemoAccount("member", "党员", "", "党员学员", branch, _ordinary_member(city, branch)),
        DemoAccount("secretary", "村党支部书记", Role.SECRETARY, f"党支部书记（{branch.short}）", branch, secretary),
        DemoAccount("manager", "市委党校班主任", Role.CLASS_MANAGER, "班主任（市委党校）", root),
        DemoAccount(
            "township", f"{township.short}组织干事", Role.OFFICE, f"乡镇组织干事（{township.short}）", township
        ),
        DemoAccount("county", f"{county.short}干训科", Role.OFFICE, f"县级干训科（{county.short}）", county),
        DemoAccount("city", "市委组织部干训科", Role.OFFICE, "市级干训科", root),
        DemoAccount("leader", "市委领导", Role.LEADER, "领导", root),
        DemoAccount("auditor", "审计员", Role.AUDITOR, "审计员", root),
        DemoAccount("admin", "系统管理员", Role.ADMINISTRATOR, "系统管理员", root),
    ]
    # One hash for all of them: argon2 is slow on purpose.
    hashed = make_password(PASSWORD)
    names = dict(Person.objects.filter(pk__in=[a.person.id for a in accounts if a.person]).values_list("pk", "name"))
    for account in accounts:
        row = Account.objects.create(
            login=account.login,
            password=hashed,
            display_name=names[account.person.id] if account.person else account.name,
            demo_role=account.demo_role,
            person_id=account.person.id if account.person else None,
        )
        if account.role:
            Grant.objects.create(account=row, role=account.role, organisation_id=account.unit.id, since=GRANTED_SINCE)
    audit.record(by=city.by, at=city.at, action="open", subject="account", count=len(accounts))
    return accounts


def _branch_with_gaps(city: City, gaps: Counter[Unit]) -> Unit:
    """A village branch of common size whose secretary is in office and in which many are not reached yet."""
    villages = [
        unit
        for unit in city.units
        if unit.group == "village" and unit in city.cadre.current and unit.members >= 20 and unit.branches == []
    ]
    fitting = [unit for unit in villages if unit.members <= 60] or villages
    return max(fitting or list(city.cadre.current), key=lambda unit: (gaps[unit] / (unit.members + 1), unit.code))


def _ordinary_member(city: City, branch: Unit) -> Member:
    """Somebody of the branch without a post who has come in both years."""
    staying = [m for m in city.rosters[branch] if m.until == NEVER and not m.moves and not m.posts and not m.lost]
    return max(staying, key=lambda m: (m.earned[1] > 0, m.earned[0] > 0, -abs(m.born - _MIDDLE)))


_MIDDLE = date(1970, 1, 1).toordinal()

"""The first step of an empty installation: its highest organisation, the rules, and those who begin."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from peixun.catalog.operations import install_rules
from peixun.people.models import Organisation, Role
from peixun.people.operations.codes import AccountCode, issue_account_code
from peixun.people.operations.granting import NewGrant
from peixun.people.operations.office_accounts import NewAccount, open_account
from peixun.people.operations.organisations import NewOrganisation, found_organisations
from peixun.people.queries.scope import Actor


class AlreadySetUp(Exception):
    """The installation has its highest organisation already. The text is for people."""


@dataclass(frozen=True, slots=True)
class Beginners:
    """The logins of the first two accounts; a code is made for each."""

    administrator: str
    office: str


@transaction.atomic
def set_up(
    root: NewOrganisation, beginners: Beginners, *, by: Actor, at: datetime, day: date
) -> tuple[Organisation, list[AccountCode]]:
    """This operation will found the root, put the shipped rules in force, and open the first two accounts.

    Returns the root and the codes of the administrator and the office. Raises AlreadySetUp when there is any
    organisation, AccountRefused for logins that can't be used. Nothing is written then.
    """
    if Organisation.objects.exists():
        raise AlreadySetUp(_("系统里已有党组织，不用再设置。要开通账号，请用 peixun account open"))
    found_organisations([root], by=by, at=at)
    place = Organisation.objects.get(code=root.code)
    install_rules(place, by=by, at=at)
    wanted = [
        NewAccount(beginners.administrator, _("系统管理员"), NewGrant(Role.ADMINISTRATOR, place, day)),
        NewAccount(beginners.office, _("%(name)s干训科") % {"name": place}, NewGrant(Role.OFFICE, place, day)),
    ]
    accounts = [open_account(new, by=by, at=at, day=day) for new in wanted]
    return place, [issue_account_code(account, by=by, at=at, day=day) for account in accounts]

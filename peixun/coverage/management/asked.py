"""What the room's commands ask for alike: an organisation in scope, a year, a day of it, an audience."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from peixun.coverage.operations import rebuild, refresh
from peixun.coverage.queries.years import kept_years
from peixun.kernel import clock
from peixun.people.commands import Refused
from peixun.people.models import Audience, Organisation
from peixun.people.queries.scope import Actor, Permission


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for."""

    organisation: Organisation
    year: int
    day: date
    audience: Audience | None


def add_arguments(parser: CommandParser) -> None:
    """The arguments for `read`."""
    parser.add_argument("--org", required=True, metavar="CODE", help="党组织代码")
    parser.add_argument("--year", required=True, type=int, help="年度")
    parser.add_argument("--audience", metavar="KEY", default="", help="只看一类培训对象，如 committee_members")


def read(actor: Actor, options: dict[str, Any], permission: Permission) -> Asked:
    """What is asked for, with the figures brought up to date. Raises Refused."""
    organisation = actor.organisations(permission).filter(code=options["org"]).first()
    if organisation is None:
        raise Refused(_("没有代码为 %(code)s 的党组织，或者它不在这个账号的管理范围内") % {"code": options["org"]})
    year = options["year"]
    if not 1900 <= year <= 2200:
        raise Refused(_("年度 %(year)s 不在可用范围内") % {"year": year})
    audience = None
    if options["audience"]:
        audience = Audience.objects.filter(key=options["audience"]).first()
        if audience is None:
            known = "、".join(Audience.objects.values_list("key", flat=True))
            raise Refused(_("没有培训对象 %(key)s；可用的有：%(known)s") % {"key": options["audience"], "known": known})
    day = _day(options.get("as_of"), year)
    refresh()
    if year not in kept_years():
        rebuild(year)
    return Asked(organisation, year, day, audience)


def _day(text: str | None, year: int) -> date:
    if not text:
        return clock.as_of_default(year)
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Refused(_("日期 %(text)s 写得不对，应当像 2018-06-30") % {"text": text}) from error
    if day.year != year:
        raise Refused(_("日期 %(text)s 不在 %(year)s 年") % {"text": text, "year": year})
    return day

"""What every page needs around its content. Nothing is read before a template asks for it."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from peixun.home.help import topic_of
from peixun.home.links import Link, address
from peixun.home.places import Place, place_here, places_here
from peixun.kernel import clock
from peixun.notices.queries.inbox import unread
from peixun.people.models import Role
from peixun.people.queries.scope import Permission

THEMES = ("light", "dark")
THEME_COOKIE = "px_theme"
PRINT_COOKIE = "px_print"
LARGE = "large"
GUIDE_COOKIE = "px_guide"
PUT_AWAY = "away"

LEDGER_PAGES = ("ledger:entry", "ledger:reverse", "ledger:activity")
ACCOUNT_PAGES = ("people:account", "people:give-role", "people:platform", "people:erasures")
# Title, page, whether it stands on an organisation, permission, what else counts as being there. A page that two
# permissions lead to stands twice and is shown once.
NAVIGATION: tuple[tuple[Any, str, bool, Permission, tuple[str, ...]], ...] = (
    (gettext_lazy("覆盖情况"), "coverage:answer", True, Permission.SEE_COVERAGE, ("coverage:", *LEDGER_PAGES)),
    (gettext_lazy("下级单位"), "coverage:tree", True, Permission.SEE_COVERAGE, ("people:organisation", "home:branch")),
    (gettext_lazy("待办"), "notices:tasks", False, Permission.MANAGE_PEOPLE, ("notices:slips",)),
    (gettext_lazy("待办"), "notices:tasks", False, Permission.IMPORT, ()),
    (gettext_lazy("查人"), "home:search", False, Permission.SEE_PEOPLE, ("people:reveal", "people:erase")),
    (gettext_lazy("转接"), "changes:index", False, Permission.MANAGE_PEOPLE, ("changes:",)),
    (gettext_lazy("申诉"), "claims:inbox", False, Permission.ANSWER_CLAIMS, ("claims:",)),
    (gettext_lazy("报告"), "reports:index", False, Permission.REPORT, ("reports:",)),
    (gettext_lazy("导入"), "exchange:index", False, Permission.IMPORT, ("exchange:",)),
    (gettext_lazy("规则"), "catalog:index", False, Permission.SEE_COVERAGE, ("catalog:", "rulebook:")),
    (gettext_lazy("账号"), "people:accounts", False, Permission.GIVE_ROLES, ACCOUNT_PAGES),
    (gettext_lazy("操作记录"), "people:trail", False, Permission.SEE_AUDIT, ("people:trail", "ledger:seals")),
)
IN_THE_BAR = 8
"""How many places stand side by side; what comes after them is under one heading, unless that is a single one."""
WITH_START_PAGE = frozenset({Role.LEADER, Role.CLASS_MANAGER})


class Shell:
    """The frame of one page."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        user = getattr(request, "user", None)
        self._user: Any = user if user is not None and user.is_authenticated else None
        match = getattr(request, "resolver_match", None)
        self._here = match.view_name if match else ""

    @property
    def account_name(self) -> str:
        """Who is signed in; "" for nobody."""
        return str(self._user) if self._user else ""

    @cached_property
    def place(self) -> Place | None:
        """The role and organisation that pages are looked at from."""
        return place_here(self._request) if self._user else None

    @property
    def role_name(self) -> str:
        """The role in words."""
        if self.place:
            return self.place.role_name
        return _("党员") if self._user and self._user.person_id else ""

    @property
    def organisation_name(self) -> str:
        """The organisation in short."""
        return str(self.place.organisation) if self.place else ""

    @property
    def switch_url(self) -> str:
        """Where to change to another organisation; "" for those who have only one place."""
        return address("home:places") if self._user and len(places_here(self._request)) > 1 else ""

    @property
    def help_url(self) -> str:
        """What the page is about, in plain words, with the way back to it."""
        request = self._request
        topic = topic_of(self._here)
        if topic is None:
            return address("home:help")
        back = request.get_full_path() if request.method == "GET" else request.path
        return f"{address('home:help-topic', topic.key)}?{urlencode({'from': back})}"

    @property
    def guide_url(self) -> str:
        """The first steps of an empty system, for whoever can take them; "" for others."""
        return address("home:guide") if self.place and self.place.may(Permission.IMPORT) else ""

    @property
    def messages_url(self) -> str:
        """The list of messages; "" for nobody."""
        return address("notices:index") if self._user else ""

    @cached_property
    def unread(self) -> int:
        """How many messages are unread; asked when a page is made, never by itself."""
        return unread(self._user.pk) if self._user else 0

    @cached_property
    def navigation(self) -> list[Link]:
        """The places of the office, only those that the role may open."""
        if self.place is None:
            return self.places
        return list(self._navigation(self.place))

    @property
    def bar(self) -> list[Link]:
        """The places that stand side by side."""
        return self.navigation if len(self.navigation) <= IN_THE_BAR + 1 else self.navigation[:IN_THE_BAR]

    @property
    def more(self) -> list[Link]:
        """The places that a menu opens, fewer in number and needed less often."""
        return self.navigation[len(self.bar) :]

    @property
    def in_more(self) -> bool:
        """Whether the page belongs to one of the places of that menu."""
        return any(link.current for link in self.more)

    @cached_property
    def places(self) -> list[Link]:
        """The bottom bar of a phone, at most four."""
        if not self._user:
            return []
        wanted: list[tuple[str, str, str]] = []
        if self.place and self.place.role == Role.SECRETARY:
            wanted.append((_("支部"), "home:branches", "users"))
        elif self.place:
            wanted.append((_("首页"), "home:start", "home"))
        if self._user.person_id:
            wanted.append((_("今日"), "home:me", "calendar"))
            wanted.append((_("学习"), "home:learning", "book"))
        wanted.append((_("我的"), "home:mine", "user"))
        return [Link(t, url, i, self._is_here(n, ())) for t, n, i in wanted if (url := address(n))]

    @property
    def theme(self) -> str:
        """`light`, `dark`, or "" for whatever the device says."""
        theme = self._request.COOKIES.get(THEME_COOKIE, "")
        return theme if theme in THEMES else ""

    @property
    def large_print(self) -> bool:
        """Whether everything is shown larger."""
        return self._request.COOKIES.get(PRINT_COOKIE) == LARGE

    @property
    def language(self) -> str:
        """The language of the page."""
        return get_language() or settings.LANGUAGE_CODE

    @property
    def demo(self) -> bool:
        """Whether this is the demo city."""
        return bool(settings.DEMO)

    @property
    def today(self) -> date:
        """The business date."""
        return clock.today()

    def _navigation(self, place: Place) -> Iterator[Link]:
        if place.role in WITH_START_PAGE:
            yield Link(_("首页"), address("home:start"), current=self._here == "home:start")
        if place.role == Role.SECRETARY:
            yield Link(_("支部"), address("home:branches"), current=self._is_here("home:branches", ()))
        shown: set[str] = set()
        taken = {name for _title, name, *_rest in NAVIGATION}
        for title, name, placed, permission, also in NAVIGATION:
            if name == "coverage:tree" and place.organisation.holds_members:
                continue  # a branch has nothing below it
            url = address(name, place.organisation.code) if placed else address(name)
            if url and name not in shown and place.may(permission):
                shown.add(name)
                others = () if self._here in taken else also
                yield Link(str(title), url, current=self._is_here(name, others))

    def _is_here(self, name: str, also: tuple[str, ...]) -> bool:
        if name == "home:branches" and self._here == "home:branch":
            return True
        return self._here == name or any(self._here.startswith(prefix) for prefix in also)


def shell(request: HttpRequest) -> dict[str, Any]:
    """The frame of a page, as `shell`."""
    return {"shell": Shell(request)}

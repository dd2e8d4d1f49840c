"""The first hour of an office: from an empty system to the first report, one step after the other."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from peixun.home.context import GUIDE_COOKIE, PUT_AWAY
from peixun.home.links import address
from peixun.home.places import Place, place_here
from peixun.home.queries.guide import steps_done
from peixun.home.remembered import keep_on_device
from peixun.people.queries.scope import Permission

P = Permission


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the page shows it; without an address for whoever may not do it."""

    title: Any
    text: Any
    done: bool
    url: str
    action: Any
    template_url: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A step before it is known who looks: `placed` pages stand on an organisation."""

    key: str
    title: Any
    text: Any
    page: str
    action: Any
    permission: Permission
    placed: bool = False
    importer: str = ""


_STEPS = (
    _Wanted(
        "root",
        _("上级单位"),
        _("最高党组织已经建立，随附的学时要求和折算办法已经执行。先看一遍规则是否符合本地规定。"),
        "catalog:index",
        _("看规则"),
        P.SEE_COVERAGE,
    ),
    _Wanted(
        "organisations",
        _("导入党组织"),
        _("下载模板，按从上到下填写党委、党总支、党支部，上传后先检查、再确认。"),
        "exchange:index",
        _("导入党组织"),
        P.IMPORT,
        importer="organisations",
    ),
    _Wanted(
        "members",
        _("导入党员"),
        _("每名党员一行，写明所在党支部的代码。可以直接用全国党员信息采集表。"),
        "exchange:index",
        _("导入党员"),
        P.IMPORT,
        importer="members",
    ),
    _Wanted(
        "posts",
        _("导入任职"),
        _("写明谁是书记、副书记、委员。对书记的学时要求，从任职日期起算。"),
        "exchange:index",
        _("导入任职"),
        P.IMPORT,
        importer="posts",
    ),
    _Wanted(
        "codes",
        _("让书记能登录"),
        _("在党支部的页面上给书记授予“支部书记”角色，再给他发一个登录码。以后党员的登录码由书记自己发。"),
        "coverage:tree",
        _("逐级找到党支部"),
        P.ISSUE_CODES,
        placed=True,
    ),
    _Wanted(
        "credits",
        _("导入学时"),
        _("把今年已经办过的培训按人次填好导入。导入后，覆盖情况马上能看到。"),
        "exchange:index",
        _("导入学时"),
        P.IMPORT,
        importer="credits",
    ),
    _Wanted(
        "report",
        _("第一份报告"),
        _("选单位和年度，系统起草工作报告，每个数字都能点开看依据。"),
        "reports:index",
        _("起草报告"),
        P.REPORT,
    ),
)


@require_safe
def guide(request: Any) -> HttpResponse:
    """The steps, each with its state, where it is done, and the template that it takes."""
    place = _place(request)
    done = steps_done(place.organisation)
    steps = [_step(wanted, place, done=done[wanted.key]) for wanted in _STEPS]
    context = {
        "place": place,
        "steps": steps,
        "next": next((step for step in steps if not step.done), None),
        "put_away": request.COOKIES.get(GUIDE_COOKIE) == PUT_AWAY,
    }
    return render(request, "home/guide.html", context)


@require_POST
def put_away(request: Any) -> HttpResponse:
    """The guide is no longer the first page on this device."""
    _place(request)
    response = redirect("home:start")
    keep_on_device(response, GUIDE_COOKIE, PUT_AWAY)
    return response


def _place(request: Any) -> Place:
    place = place_here(request)
    if place is None or not place.may(P.IMPORT):
        raise Http404("the guide is for those who import")
    return place


def _step(wanted: _Wanted, place: Place, *, done: bool) -> Step:
    arguments = [place.organisation.code] if wanted.placed else []
    url = address(wanted.page, *arguments) if place.may(wanted.permission) else ""
    template_url = address("exchange:template", wanted.importer) if wanted.importer else ""
    return Step(wanted.title, wanted.text, done, url, wanted.action, template_url)

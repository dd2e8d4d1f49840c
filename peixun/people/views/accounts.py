"""Accounts of an office's own area: who holds which role, given, ended; accounts stopped; a lost second step reset."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peixun.kernel import clock
from peixun.people.forms import GiveRoleForm
from peixun.people.models import Account, Grant, Organisation, Person, Role
from peixun.people.operations import factors, granting
from peixun.people.queries.accounts import (
    account_lines,
    accounts_seen,
    givable_roles,
    manages,
    seen_grants,
)
from peixun.people.queries.erasure import erasing_paths
from peixun.people.queries.factors import factors_of
from peixun.people.queries.scope import OutOfScope, Permission
from peixun.people.queries.search import find_persons, read_question
from peixun.people.queries.tokens import is_platform


def _require(actor: Any) -> None:
    if not (actor.may_anywhere(Permission.GIVE_ROLES) or actor.may_anywhere(Permission.MANAGE_ACCOUNTS)):
        raise OutOfScope("no accounts within reach")


@require_safe
def index(request: Any) -> HttpResponse:
    """The accounts that hold something within one's subtrees, searched by login or name."""
    _require(request.actor)
    name = request.GET.get("q", "").strip()[:60]
    after = request.GET.get("after", "")
    lines, following = account_lines(
        request.actor, day=clock.today(), name=name, after=int(after) if after.isdecimal() and len(after) < 19 else 0
    )
    own = request.actor.organisations(Permission.GIVE_ROLES).open().order_by("path").first()
    more = f"?{urlencode({'q': name, 'after': following})}" if following else ""
    context = {"lines": lines, "q": name, "more_url": more, "give_at": own, "today": clock.today()}
    context["erases"] = bool(erasing_paths(request.actor, Permission.REQUEST_ERASURE))
    return render(request, "people/accounts.html", context)


@require_safe
def account(request: Any, account_id: int) -> HttpResponse:
    """One account: what it holds within one's subtrees, and what may be done about it."""
    _require(request.actor)
    day = clock.today()
    found = get_object_or_404(accounts_seen(request.actor, day=day).select_related("person"), pk=account_id)
    grants = seen_grants(request.actor, [found.pk], day=day).get(found.pk, [])
    context = {
        "account": found,
        "grants": [(g, _may_end(request.actor, g)) for g in grants],
        "manages": manages(request.actor, found, day=day),
        "factors": factors_of(found.pk).rows,
        "own": found.pk == request.actor.account_id,
        "is_platform": is_platform(found),
        "today": day,
    }
    return render(request, "people/account.html", context)


def _may_end(actor: Any, grant: Grant) -> bool:
    if grant.account_id == actor.account_id:
        return False
    path = grant.organisation.path
    return grant.role in givable_roles(actor, grant.organisation) or actor.may(Permission.MANAGE_ACCOUNTS, path)


@require_http_methods(["GET", "HEAD", "POST"])
def give(request: Any, code: str) -> HttpResponse:
    """Gives a role on an organisation: first who, found by name or number, then which and until when."""
    place = get_object_or_404(request.actor.organisations(Permission.GIVE_ROLES), code=code)
    day = clock.today()
    chosen = _chosen(request)
    roles = givable_roles(request.actor, place)
    form = GiveRoleForm(
        request.POST if request.method == "POST" else None,
        roles=[(value, label) for value, label in Role.choices if value in roles],
        initial={"since": day, "role": Role.SECRETARY},
    )
    if chosen is not None and request.method == "POST" and form.is_valid():
        refusal = _give(request, place, chosen, form.cleaned_data)
        if not refusal:
            return redirect("people:accounts")
        form.add_error(None, refusal)
    asked = request.GET.get("q", "").strip()[:60]
    # A whole number isn't looked up here: that is done, and recorded, on the search page.
    question = read_question(asked)
    found = find_persons(request.actor, question, day=day).found if asked and not question.is_personal else []
    known = Account.objects.filter(login=asked.lower(), is_active=True).first() if asked else None
    context = {"place": place, "chosen": chosen, "form": form, "q": asked, "found": found, "known": known}
    return render(request, "people/give_role.html", context, status=422 if form.is_bound and form.errors else 200)


def _chosen(request: Any) -> Person | Account | None:
    """Whom the address or the form names: a member of one's subtrees, or an account by its login."""
    asked = request.POST if request.method == "POST" else request.GET
    if login := asked.get("login", ""):
        return get_object_or_404(Account, login=login, is_active=True)
    typed = asked.get("person", "")
    if not typed:
        return None
    inside = request.actor.organisations(Permission.GIVE_ROLES).values("pk")
    people = Person.objects.filter(memberships__organisation__in=inside, memberships__until__isnull=True)
    return get_object_or_404(people, pk=int(typed) if typed.isdecimal() and len(typed) < 19 else 0)


def _give(request: Any, place: Organisation, chosen: Person | Account, data: dict[str, Any]) -> str:
    """Gives the role; the refusal in words, "" when it is given."""
    now, day = datetime.now(UTC), clock.today()
    new = granting.NewGrant(data["role"], place, data["since"], data["until"])
    try:
        if isinstance(chosen, Person):
            holder = granting.account_of(chosen, by=request.actor, at=now, day=day)
        else:
            holder = chosen
        granting.give_role(holder, new, by=request.actor, at=now, day=day)
    except granting.GrantRefused as refusal:
        return str(refusal)
    words = {"name": str(chosen), "place": place.name, "role": Role(new.role).label}
    messages.success(request, _("已授予%(name)s“%(place)s”的%(role)s角色。没有登录过的人，请再发一个登录码。") % words)
    return ""


@require_POST
def end(request: Any, account_id: int, grant_id: int) -> HttpResponse:
    """Ends a role from today on."""
    grant = get_object_or_404(Grant.objects.select_related("organisation", "account"), pk=grant_id, account=account_id)
    try:
        granting.end_role(grant, on=clock.today(), by=request.actor, at=datetime.now(UTC))
        messages.success(request, _("角色已结束，从今天起不再有这项权限。"))
    except granting.GrantRefused as refusal:
        messages.error(request, str(refusal))
    seen = accounts_seen(request.actor, day=clock.today()).filter(pk=account_id).exists()
    return redirect(reverse("people:account", args=[account_id]) if seen else "people:accounts")


@require_POST
def act(request: Any, account_id: int) -> HttpResponse:
    """Stops an account, lets it go on, or resets its second step."""
    found = get_object_or_404(Account, pk=account_id)
    now, day, verb = datetime.now(UTC), clock.today(), request.POST.get("verb", "")
    if verb == "reset":
        factors.reset_factors(found, by=request.actor, at=now, day=day)
        messages.success(request, _("第二步验证已清除，本人下次登录时重新设置。"))
    else:
        granting.set_active(found, active=verb == "resume", by=request.actor, at=now, day=day)
        messages.success(
            request, _("账号已恢复。") if verb == "resume" else _("账号已停用，正在使用的设备已退出登录。")
        )
    return redirect("people:account", account_id)

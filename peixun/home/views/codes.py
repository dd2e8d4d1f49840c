"""One-time codes: given out by the secretary or the office, and used at the door."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from peixun.home.forms import RedeemForm
from peixun.home.links import address
from peixun.home.sessions import enter
from peixun.kernel import clock
from peixun.people.models import MEMBER_KINDS, Organisation, SignInWay
from peixun.people.operations.codes import MOST_AT_ONCE, BeyondReach, IssuedCode, issue_codes, redeem_code
from peixun.people.queries.codes import Holder, holders, phone_hints
from peixun.people.queries.scope import Permission
from peixun.people.queries.signing import veiled

WRONG = gettext_lazy(
    "姓名或登录码不对，或者登录码已经用过、过期。同名的人多时，请改填手机号、身份证号或纸条上的账号；"
    "还不行，请所在党组织书记再发一个登录码。"
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: Any, code: str) -> HttpResponse:
    """Chooses members of a branch; the slips with their codes are the answer to the form, once."""
    rows = request.actor.organisations(Permission.ISSUE_CODES).filter(kind__in=MEMBER_KINDS)
    branch = get_object_or_404(rows, code=code)
    now, day = datetime.now(UTC), clock.today()
    members = holders(branch, by=request.actor, day=day, now=now)
    if request.method != "POST":
        return _choose(request, branch, members)
    chosen = _chosen(request, members)
    refusal = "" if chosen else _("还没有选人。请勾选要发登录码的党员。")
    if len(chosen) > MOST_AT_ONCE:
        refusal = _("一次最多发 %(most)s 个登录码，请分几次选。") % {"most": MOST_AT_ONCE}
    if not refusal:
        try:
            return _slips(request, branch, issue_codes(chosen, by=request.actor, at=now, day=day))
        except BeyondReach as error:
            words = {"names": _("、").join(error.names)}
            refusal = _("没有生成登录码：%(names)s 的账号不归您重置。请去掉勾选后再试。") % words
    return _choose(request, branch, members, refusal=refusal, ticked=set(chosen))


def _chosen(request: HttpRequest, members: Sequence[Holder]) -> list[int]:
    """Whom the form names. Raises Http404 for somebody who isn't on the roll of the branch."""
    here = {str(member.person.pk): member.person.pk for member in members}
    try:
        return [here[typed] for typed in request.POST.getlist("person")]
    except KeyError as error:
        raise Http404("not in this branch") from error


def _choose(
    request: HttpRequest,
    branch: Organisation,
    members: Sequence[Holder],
    *,
    refusal: str = "",
    ticked: set[int] | None = None,
) -> HttpResponse:
    """Those who can't sign in stand first, ticked unless they hold a code already."""
    free = [m for m in members if m.in_reach and not m.stopped]
    lines = [(m, m.suggested if ticked is None else m.person.pk in ticked) for m in free]
    context = {
        "branch": branch,
        "refusal": refusal,
        "without": [line for line in lines if not line[0].can_sign_in],
        "others": [line for line in lines if line[0].can_sign_in],
        "beyond": [m for m in members if not m.in_reach or m.stopped],
        "back_url": address("home:branch", branch.code),
    }
    return render(request, "home/codes.html", context)


def _slips(request: HttpRequest, branch: Organisation, issued: Sequence[IssuedCode]) -> HttpResponse:
    hints = phone_hints([slip.person.pk for slip in issued])
    context = {
        "branch": branch,
        "slips": [(slip, hints.get(slip.person.pk, "")) for slip in issued],
        "expires_at": issued[0].expires_at,
        "door": request.build_absolute_uri(reverse("home:redeem")),
        "again_url": reverse("home:codes", args=[branch.code]),
    }
    return render(request, "home/slips.html", context)


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def redeem(request: Any) -> HttpResponse:
    """First sign-in and forgotten password: name or number, code, a password of one's own."""
    if request.user.is_authenticated:
        return redirect("home:start")
    form = RedeemForm(request.POST or None)
    answer = _redeem(request, form) if form.is_valid() else None
    return answer or render(request, "home/redeem.html", {"form": form})


def _redeem(request: HttpRequest, form: RedeemForm) -> HttpResponse | None:
    """Sets the password and signs in; None when something isn't right. Wrong ones are counted as at sign-in."""
    data = form.cleaned_data
    credentials = {"username": veiled("redeem", data["who"])}
    if not AxesProxyHandler.is_allowed(request, credentials):
        locked: HttpResponse = get_lockout_response(request, credentials=credentials)
        return locked
    try:
        done = redeem_code(data["who"], data["code"], data["new_password1"], at=datetime.now(UTC), day=clock.today())
    except ValidationError as error:
        form.add_error("new_password1", error)
        return None
    if done is None:
        user_login_failed.send(sender=__name__, credentials=credentials, request=request)
        form.add_error(None, str(WRONG))
        return None
    return enter(request, done.account, way=SignInWay.CODE, following="", at=datetime.now(UTC))

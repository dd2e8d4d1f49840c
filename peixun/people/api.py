"""The room's part of the HTTP API: whoever asks, and the organisations in scope."""

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy
from ninja import Query, Router, Schema

from peixun.kernel.api.answers import answer
from peixun.kernel.api.documents import told
from peixun.kernel.api.fields import Code, Paging
from peixun.kernel.api.paging import Cursors
from peixun.people.bearer import ApiRequest, organisation_in_scope
from peixun.people.models import Level, OrganisationKind, Sector, Token
from peixun.people.queries.scope import ROLE_PERMISSIONS, Permission

router = Router(tags=["人员与组织"])


class GrantOut(Schema):
    """A role on a subtree."""

    role: str
    organisation: str
    permissions: list[str]


class TokenOut(Schema):
    """The token in use."""

    id: int
    scopes: list[str]
    expires_at: datetime


class MeOut(Schema):
    """Whoever carries the token."""

    login: str
    name: str
    person_id: int | None
    token: TokenOut
    grants: list[GrantOut]


@router.get(
    "/me",
    response=MeOut,
    **told(
        gettext_lazy("令牌代表谁、可以做什么"), gettext_lazy("令牌背后的账号、它现在有效的授权，以及令牌何时失效。")
    ),
)
def me(request: ApiRequest) -> HttpResponse:
    """The account behind the token, its grants in force, and when the token expires."""
    bearer = request.auth
    token = Token.objects.select_related("account").get(pk=bearer.token_id)
    account = token.account
    granted = bearer.actor.grants
    codes = dict(account.grants.values_list("organisation_id", "organisation__code"))
    return answer(
        {
            "login": account.login,
            "name": account.display_name,
            "person_id": account.person_id,
            "token": {"id": token.pk, "scopes": token.scopes.split(), "expires_at": token.expires_at},
            "grants": [
                {
                    "role": g.role,
                    "organisation": codes[g.organisation_id],
                    "permissions": sorted(ROLE_PERMISSIONS[g.role]),
                }
                for g in granted
            ],
        }
    )


class OrganisationsAsked(Paging):
    """Which organisations: all in scope, or one's subtree."""

    org: Code | None = None


class OrganisationOut(Schema):
    """An organisation as it stands today."""

    code: str
    name: str
    short_name: str
    parent: str | None
    kind: OrganisationKind
    sector: Sector | str
    level: Level
    tags: list[str]
    division_code: str
    founded_on: date
    closed_on: date | None


class OrganisationsOut(Schema):
    """A page of organisations."""

    items: list[OrganisationOut]
    next_cursor: str | None


COLUMNS = ("code", "name", "short_name", "kind", "sector", "level", "tags", "division_code", "founded_on", "closed_on")


@router.get(
    "/organisations",
    response=OrganisationsOut,
    **told(
        gettext_lazy("权限范围内的党组织，按树的顺序"),
        gettext_lazy("上级在前，下级在后，已撤销的也在内。parent 可能在权限范围之外。"),
    ),
)
def organisations(request: ApiRequest, asked: Query[OrganisationsAsked]) -> HttpResponse:
    """Organisations in scope, each after its parent; closed ones too. `parent` may lie outside of the scope."""
    actor, cursors = request.auth.actor, Cursors(request)
    after = cursors.read(asked.cursor)
    rows = actor.organisations(Permission.SEE_COVERAGE)
    if asked.org:
        rows = rows.under(organisation_in_scope(actor, asked.org, Permission.SEE_COVERAGE))
    if after:
        rows = rows.filter(path__gt=after[0])
    found = list(rows.order_by("path").values(*COLUMNS, "path", "parent__code")[: asked.limit + 1])
    return answer(cursors.page(found, asked.limit, key=lambda row: [row["path"]], show=_shown))


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**{name: row[name] for name in COLUMNS}, "parent": row["parent__code"]}

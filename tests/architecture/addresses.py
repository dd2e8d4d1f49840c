"""The table of every address: what it needs beside its arguments, and what each role is answered inside its scope.

An address whose arguments name something (an organisation, a person, an entry…) is asked for twice by every role: for
something inside the role's scope, where this table says what is answered, and for things outside of it, which are
never there. Whoever adds an address adds a line here; `test_urls.py` says so when one is missing.
"""

from collections.abc import Mapping
from typing import Any

from tests.architecture.asked import (
    ANSWER_CLAIMS,
    ASK_ERASURE,
    CLOSE_YEAR,
    EVERYBODY,
    EXPORT,
    GIVE_ROLES,
    IMPORT,
    ISSUE_CODES,
    MAKE_RULES,
    MANAGE_ACCOUNTS,
    MANAGE_PEOPLE,
    NUMBERS,
    OFFICES,
    OPEN_NUMBERS,
    OWN_PERSON,
    REPORT,
    SECRETARIES,
    SEE_AUDIT,
    SEE_COVERAGE,
    SEE_PEOPLE,
    WORDS,
    Address,
    Answers,
    Place,
    answers,
    page,
)


def _new_activity(place: Place) -> Mapping[str, Any]:
    return {
        "reference": "new",
        "kind": "lecture",
        "title": "讲座",
        "organiser": place.code,
        "tier": "county",
        "starts_on": "2018-03-01",
        "ends_on": "2018-03-01",
    }


def _new_credits(place: Place) -> Mapping[str, Any]:
    credit = {
        "reference": "new",
        "happened_on": "2018-03-01",
        "hours": "1.00",
        "person_id": place.person_id,
        "activity_id": place.activity_id,
    }
    return {"credits": [credit]}


HOME = {
    "home:start": Address(get=answers(frozenset({"leader", "class_manager"}), otherwise=302)),
    "home:places": page(EVERYBODY),
    "home:choose-place": Address(post=answers(EVERYBODY, 302)),
    "home:guide": page(IMPORT),
    "home:put-guide-away": Address(post=answers(IMPORT, 302)),
    "home:help": page(EVERYBODY, public=True),
    "home:help-topic": page(EVERYBODY, public=True),
    "home:search": Address(get=answers(SEE_PEOPLE), post=answers(SEE_PEOPLE), body=lambda place: {"q": "13912345678"}),
    "home:branches": Address(get=answers(SEE_PEOPLE - SECRETARIES, otherwise=302)),
    "home:branch": page(SEE_PEOPLE, branch=True),
    "home:codes": Address(
        get=answers(ISSUE_CODES), post=answers(ISSUE_CODES), branch=True, body=lambda place: {"person": place.person_id}
    ),
    "home:me": page(OWN_PERSON),
    "home:learning": page(OWN_PERSON),
    "home:mine": page(EVERYBODY),
    "home:data": page(OWN_PERSON),
    "home:take-data": Address(post=answers(OWN_PERSON)),
    "home:password": Address(get=answers(EVERYBODY), post=answers(EVERYBODY)),
    "home:factors": page(EVERYBODY),
    "home:confirm": Address(get=answers(EVERYBODY), post=answers(EVERYBODY, 422)),
    "home:add-app": Address(get=answers(EVERYBODY, 302), post=answers(EVERYBODY, 302)),
    "home:add-key": Address(get=answers(EVERYBODY, 302), post=answers(EVERYBODY, 302)),
    "home:spare-codes": Address(post=answers(EVERYBODY, 302)),
    "home:remove-factor": Address(post=answers(EVERYBODY, 302)),
    "home:devices": page(EVERYBODY),
    "home:end-devices": Address(post=answers(EVERYBODY, 302)),
    "home:oidc": Address(post=answers(frozenset()), public=True),
    "home:oidc-back": Address(get=answers(frozenset()), public=True),
    "home:end-oidc": Address(post=answers(EVERYBODY, 302)),
    "home:second-step": Address(get=answers(EVERYBODY, 302), post=answers(EVERYBODY, 302), public=True),
    "home:sign-in": Address(get=answers(EVERYBODY, 302), post=answers(EVERYBODY, 302), public=True),
    "home:redeem": Address(get=answers(EVERYBODY, 302), post=answers(EVERYBODY, 302), public=True),
    "home:sign-out": Address(post=answers(EVERYBODY, 302)),
    "home:display": Address(post=answers(EVERYBODY, 302), public=True),
    "home:alive": page(EVERYBODY, public=True),
    "home:ready": page(EVERYBODY, 503, public=True),
    "home:metrics": page(EVERYBODY, public=True),
    "set_language": Address(get=answers(EVERYBODY, 302), post=answers(EVERYBODY, 302), public=True),
}
COVERAGE = {
    "coverage:index": page(SEE_COVERAGE, 302),
    "coverage:record": page(SEE_PEOPLE | {"member"}),
    "coverage:answer": page(SEE_COVERAGE),
    "coverage:tree": page(SEE_COVERAGE),
    "coverage:tasks": page(SEE_COVERAGE),
    "coverage:people": page(SEE_PEOPLE),
    "coverage:people-export": page(EXPORT),
    "coverage:entries": page(SEE_COVERAGE),
    "coverage:compare": page(SEE_COVERAGE),
    "coverage:compare-export": page(SEE_COVERAGE),
    "coverage:months": page(SEE_COVERAGE),
    "coverage:months-export": page(SEE_COVERAGE),
    "coverage:closings": page(SEE_COVERAGE),
    "coverage:closing": page(SEE_COVERAGE),
    "coverage:late-export": page(SEE_COVERAGE),
    # A year that isn't over is refused in words.
    "coverage:close": Address(
        get=answers(CLOSE_YEAR), post=answers(CLOSE_YEAR, 422), body=lambda place: {"year": "2018"}
    ),
    "coverage:reopen": Address(post=answers(CLOSE_YEAR, 302), body=lambda place: {"reason": "漏报"}),
}
LEDGER = {
    "ledger:entry": page(EVERYBODY),
    "ledger:reverse": Address(get=answers(OFFICES), post=answers(OFFICES, 302), body=lambda place: {"reason": "重复"}),
    "ledger:activity": page(EVERYBODY),
    "ledger:seals": page(SEE_AUDIT),
    "ledger:verify": Address(post=answers(SEE_AUDIT, 302)),
}
EXCHANGE = {
    "exchange:index": Address(get=answers(IMPORT), post=answers(IMPORT)),
    "exchange:template": page(IMPORT),
    "exchange:job": page(IMPORT),
    "exchange:progress": page(IMPORT, 204),
    "exchange:errors": page(IMPORT),
    "exchange:missing": Address(get=answers(IMPORT), post=answers(IMPORT, 302)),
    "exchange:confirm": Address(post=answers(IMPORT, 302), body=lambda place: {"skip_bad": "on"}),
    "exchange:cancel": Address(post=answers(IMPORT, 302)),
}
CHANGES = {
    "changes:index": page(MANAGE_PEOPLE),
    "changes:branch": page(MANAGE_PEOPLE, branch=True),
    "changes:new": Address(
        get=answers(MANAGE_PEOPLE),
        post=answers(MANAGE_PEOPLE, 422),
        query="person={person_id}",
        body=lambda place: {"person": place.person_id},
    ),
    "changes:transfer": page(MANAGE_PEOPLE),
    "changes:organisations": page(MANAGE_PEOPLE),
    "changes:organisation": page(OFFICES),
    "changes:act": Address(get=answers(OFFICES), post=answers(OFFICES, 422)),
    "changes:organisation-change": Address(get=answers(OFFICES), post=Answers(OFFICES, 302)),
    "changes:person": page(MANAGE_PEOPLE),
    "changes:change": Address(
        get=answers(MANAGE_PEOPLE), post=answers(MANAGE_PEOPLE), body=lambda place: {"on": "2018-06-01"}
    ),
    "changes:undo": Address(post=Answers(MANAGE_PEOPLE, 302)),
    "changes:duplicates": page(MANAGE_PEOPLE),
    # The person is being transferred, which the answer to merging says.
    "changes:compare": Address(
        get=answers(MANAGE_PEOPLE), post=answers(MANAGE_PEOPLE, 422), body=lambda place: {"keep": place.person_id}
    ),
    "changes:apart": Address(post=answers(MANAGE_PEOPLE, 302), body=lambda place: {"reason": "两个人"}),
    "changes:separate": Address(post=answers(MANAGE_PEOPLE, 302)),
    "changes:suspect-again": Address(post=answers(MANAGE_PEOPLE, 302)),
    "changes:decide": Address(post=answers(MANAGE_PEOPLE, 302), body=lambda place: {"verb": "withdraw"}),
}
RULEBOOK = {
    "rulebook:index": Address(get=answers(MAKE_RULES), post=answers(MAKE_RULES)),
    "rulebook:draft": Address(get=answers(MAKE_RULES), post=answers(MAKE_RULES, 422)),
    "rulebook:try": Address(post=answers(MAKE_RULES, 422)),
    "rulebook:stop": Address(post=answers(MAKE_RULES, 302)),
    "rulebook:again": Address(post=answers(MAKE_RULES, 302)),
    "rulebook:publish": Address(post=answers(MAKE_RULES, 422)),
    "rulebook:drop": Address(post=answers(MAKE_RULES, 422)),
    "rulebook:trial": Address(get=answers(MAKE_RULES), post=answers(MAKE_RULES, 422)),
    "rulebook:progress": page(MAKE_RULES, 204),
    "rulebook:pack": Address(get=answers(MAKE_RULES), post=answers(MAKE_RULES)),
    "rulebook:copy": Address(post=answers(MAKE_RULES, 302)),
    "rulebook:withdraw": Address(post=answers(MAKE_RULES, 422)),
    "rulebook:audiences": page(MAKE_RULES),
    "rulebook:new-audience": Address(get=answers(MAKE_RULES), post=answers(MAKE_RULES)),
    "rulebook:audience": Address(get=answers(MAKE_RULES), post=answers(MAKE_RULES)),
    "rulebook:delete-audience": Address(post=answers(MAKE_RULES, 302)),
}
NOTICES = {
    "notices:index": page(EVERYBODY),
    "notices:read-all": Address(post=answers(EVERYBODY, 302)),
    "notices:message": page(EVERYBODY),
    "notices:read": Address(post=answers(EVERYBODY, 302)),
    "notices:event": page(EVERYBODY),
    "notices:preferences": Address(get=answers(EVERYBODY), post=answers(EVERYBODY, 422)),
    "notices:renew-feed": Address(post=answers(EVERYBODY)),
    "notices:feed": page(frozenset(), public=True),
    "notices:tasks": page(MANAGE_PEOPLE | {"administrator"}),
    "notices:slips": Address(get=answers(MANAGE_PEOPLE), post=answers(MANAGE_PEOPLE, 422), branch=True),
}
CLAIMS = {
    "claims:mine": page(OWN_PERSON),
    "claims:inbox": page(ANSWER_CLAIMS),
    "claims:new": Address(get=answers(OWN_PERSON), post=answers(OWN_PERSON)),
    "claims:new-for": Address(get=answers(ANSWER_CLAIMS), post=answers(ANSWER_CLAIMS)),
    "claims:wrong": Address(get=answers(ANSWER_CLAIMS | {"member"}), post=answers(ANSWER_CLAIMS | {"member"}, 422)),
    "claims:claim": page(ANSWER_CLAIMS | {"member", "auditor"}),
    "claims:answer": Address(post=answers(SECRETARIES, 302), body=lambda place: {"verb": "confirm"}),
    "claims:decide": Address(
        post=answers(ANSWER_CLAIMS, 302), body=lambda place: {"verb": "refuse", "words": "没有签到"}
    ),
    "claims:own-step": Address(post=answers(frozenset({"member"}), 302), body=lambda place: {"verb": "withdraw"}),
    "claims:scan": page(ANSWER_CLAIMS | {"member"}),
}
OTHER_ROOMS = {
    "people:organisation": page(SEE_COVERAGE),
    "people:reveal": Address(post=answers(OPEN_NUMBERS | {"member"})),
    # Somebody who belongs to a branch is refused in words.
    "people:erase": Address(
        get=answers(ASK_ERASURE),
        post=answers(ASK_ERASURE, 422),
        body=lambda place: {"verb": "ask", "reason": "wrong", "words": "误登记"},
    ),
    "people:erasures": page(ASK_ERASURE),
    "people:accounts": page(GIVE_ROLES),
    "people:account": page(GIVE_ROLES),
    "people:account-act": Address(post=answers(MANAGE_ACCOUNTS, 302), body=lambda place: {"verb": "resume"}),
    "people:end-role": Address(post=answers(GIVE_ROLES, 302)),
    "people:own-tokens": Address(get=answers(EVERYBODY), post=answers(EVERYBODY, 422)),
    "people:revoke-token": Address(post=answers(frozenset(), 302)),
    "people:account-tokens": Address(get=answers(OFFICES), post=answers(OFFICES, 422)),
    "people:platform": Address(
        get=answers(OFFICES | {"administrator"}), post=answers(OFFICES | {"administrator"}, 422)
    ),
    "people:give-role": Address(
        get=answers(GIVE_ROLES), post=answers(GIVE_ROLES, 422), body=lambda place: {"person": place.person_id}
    ),
    "people:trail": page(SEE_AUDIT),
    "people:trail-whom": Address(post=answers(SEE_AUDIT, 302), body=lambda place: {"q": "13912345678"}),
    "people:trail-export": page(SEE_AUDIT),
    "catalog:index": page(EVERYBODY),
    "reports:index": page(REPORT),
    "reports:work": page(REPORT),
    "reports:work-docx": page(REPORT),
    "reports:work-figures": page(REPORT),
    "reports:table": page(REPORT),
    "reports:figure": page(REPORT),
    "reports:bulletin": page(REPORT),
    "reports:bulletin-docx": page(REPORT),
    "reports:notice": page(REPORT),
    "reports:notice-docx": page(REPORT, query="until=2018-12-01"),
    "reports:statistics": page(REPORT),
    "reports:statistics-sheet": page(REPORT),
    "reports:issued-index": page(REPORT),
    "reports:issued": page(REPORT),
    "reports:issued-docx": page(REPORT),
    "reports:issued-now": page(REPORT),
    "reports:schedules": page(REPORT),
    "reports:schedule-new": Address(
        get=answers(REPORT),
        post=answers(REPORT, 302),
        body=lambda place: {"what": "figures", "up_to": "run", "rhythm": "monthly", "monthday": 31},
    ),
    "reports:schedule-pause": Address(post=answers(REPORT, 302)),
    "reports:schedule-resume": Address(post=answers(REPORT, 302)),
    "reports:schedule-delete": Address(post=answers(REPORT, 302)),
    "reports:scheduled-file": page(REPORT),
    "reports:issue": Address(post=answers(OFFICES, 302), body=lambda place: {"note": "送审"}),
}
DOCUMENTS = Address(answers(EVERYBODY), answers(EVERYBODY), public=True)
API = {
    "api:api-root": Address(Answers(), Answers(), public=True),
    "api:openapi-json": DOCUMENTS,
    "api:openapi-view": DOCUMENTS,
    "api:me": page(EVERYBODY),
    "api:head": page(EVERYBODY),
    "api:organisations": page(SEE_COVERAGE, query="org={code}"),
    "api:coverage": page(SEE_COVERAGE, query="org={code}&year=2018"),
    "api:people": page(SEE_PEOPLE, query="org={code}&year=2018"),
    "api:record": page(SEE_PEOPLE | {"member"}, query="year=2018"),
    "api:list_activities": Address(
        get=answers(SEE_COVERAGE), post=answers(IMPORT, 201), query="org={code}", body=_new_activity
    ),
    "api:post_credits": Address(post=answers(IMPORT), body=_new_credits, outside=422),
    "api:reverse_credit": Address(post=answers(OFFICES, 201), body=lambda place: {"reason": "重复"}),
}
ADDRESSES: dict[str, Address] = {
    **HOME,
    **COVERAGE,
    **LEDGER,
    **EXCHANGE,
    **CHANGES,
    **RULEBOOK,
    **NOTICES,
    **CLAIMS,
    **OTHER_ROOMS,
    **API,
}
OBJECTS = {"code", *NUMBERS, *WORDS}
"""Arguments that name something which may lie outside of a scope; `code` is an organisation's."""
CHOSEN = {
    "token_id": "999999",
    "factor_id": "1",
    "topic": "coverage",
    "kind": "lost",
    "act": "found",
    "year": "2018",
    "key": "trained_total",
    "what": "members",
    "pack_kind": "requirement",
    "token": "unknown",
    "number": "1",
}
"""Arguments that name nothing of the kind."""

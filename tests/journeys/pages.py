"""Which pages there are for whom in the demo city: the table of addresses, filled from what each role sees."""

from dataclasses import replace
from itertools import product
from uuid import uuid4

from peixun.changes.models import Transfer
from peixun.exchange.models import ImportJob, JobState
from peixun.ledger.models import CreditEntry
from peixun.people.models import Account, Grant, Membership, Organisation
from peixun.people.operations.granting import NewPlatform, open_platform
from peixun.people.queries.scope import system_actor
from tests.architecture.addresses import ADDRESSES
from tests.architecture.asked import Place
from tests.architecture.places import with_own
from tests.architecture.routes import fill, query_of
from tests.browser import DESK, PHONE, TABLET
from tests.factories.world import NOW
from tests.journeys.furnishing import CLAIMS, OFFICES, furniture

# The demo's accounts and the roles of the table that they hold.
LOGINS = {
    "member": "member",
    "secretary": "secretary",
    "manager": "class_manager",
    "township": "township",
    "county": "county",
    "city": "city",
    "leader": "leader",
    "auditor": "auditor",
    "admin": "administrator",
}
NOBODY = ""
FILES = {
    "claims:scan",
    "coverage:compare-export",
    "coverage:late-export",
    "coverage:months-export",
    "coverage:people-export",
    "exchange:template",
    "exchange:errors",
    "exchange:progress",
    "home:alive",
    "home:ready",
    "home:metrics",
    "notices:event",
    "people:trail-export",
    "reports:bulletin-docx",
    "reports:issued-docx",
    "reports:notice-docx",
    "reports:statistics-sheet",
    "reports:work-docx",
    "reports:work-figures",
    "reports:table",
    "reports:scheduled-file",
    "rulebook:progress",
}
# The same page with other things on it.
MORE = {
    "changes:act": ("branch../change/", "branch../move/", "branch../merge/", "branch../split/", "branch../close/"),
    "changes:change": ("../floating/", "../exempt/", "../appoint/"),
    "claims:claim": CLAIMS[1:],
    "coverage:answer": ("?year=2017", "?tier=county", "branch"),
    "coverage:people": ("?state=unfulfilled",),
    "coverage:record": ("?year=2017",),
    "exchange:job": ("done", "running", "refused"),
    "exchange:missing": ("done",),
    "home:search": ("?q=wang",),
}
# Whoever has just signed in is let in where others are sent to give their password once more.
FRESH = ("home:add-app", "home:add-key")
PUBLIC = ("home:sign-in", "home:redeem", "home:help", "home:help-topic", "api:openapi-view", "nowhere")
SETTINGS = list(product(("zh", "en"), (PHONE, TABLET, DESK)))
Visit = tuple[str, str, str, int]
"""Page, login, language, width."""


def pages_of(login: str) -> list[str]:
    """The names of the pages that a login opens with its own eyes; nobody sees what is public."""
    if login == NOBODY:
        return list(PUBLIC)
    role = LOGINS[login]
    names = [
        name
        for name, rule in ADDRESSES.items()
        if rule.get.for_role(role) == 200 and not name.startswith("api:") and name not in FILES
    ]
    more = MORE if login in {"county", "secretary"} else {}
    names += FRESH if login in {"city", "member"} else ()
    return [*names, *(f"{name} {part}" for name in names for part in more.get(name, ()))]


def place_of(login: str) -> Place:
    """Something within a login's scope to fill addresses with: its own organisation, the secretary's branch."""
    secretary = Account.objects.get(login="secretary")
    branch = secretary.grants.get().organisation
    who = Account.objects.get(login=login if login in LOGINS else "city")
    grant = who.grants.select_related("organisation").first()
    here: Organisation = grant.organisation if grant else branch
    person_id = who.person_id if grant is None else secretary.person_id
    entry = CreditEntry.objects.filter(person=person_id, reverses=None).order_by("pk").first()
    place = Place(
        here.code,
        branch.code,
        person_id=person_id,
        entry_id=entry.pk,
        activity_id=entry.activity_id,
        job_id=_jobs(here, who, person_id),
        transfer_id=_transfer(branch),
        account_id=_platform(branch).account_id,
        grant_id=_platform(branch).pk,
    )
    return with_own(replace(place, **vars(furniture(here))), who)


def _platform(branch: Organisation) -> Grant:
    """A platform of the branch's township, within reach of every office of the demo."""
    known = Grant.objects.filter(account__login="demo-platform").first()
    if known is None:
        new = NewPlatform("demo-platform", "县级学习平台", branch.parent)
        open_platform(new, by=system_actor(), at=NOW, day=NOW.date())
    return known or Grant.objects.get(account__login="demo-platform")


def _transfer(branch: Organisation) -> int:
    """A member of the branch on the way to the next one."""
    member = Membership.objects.filter(organisation=branch, until=None).order_by("-person_id").first()
    other = Organisation.objects.filter(kind="branch", closed_on=None).exclude(pk=branch.pk).order_by("path").first()
    defaults = {"leaving": branch, "receiving": other, "on": NOW.date(), "proposed_at": NOW, "reason": "工作调动"}
    return Transfer.objects.get_or_create(person_id=member.person_id, state="proposed", defaults=defaults)[0].pk


PREVIEW = {
    "samples": {"new": [[2, "王一", []]], "changed": [[3, "王二", [["手机号码", "139****0001", "139****0002"]]]]},
    "problems": [[4, "公民身份号码", "6204**********0011", "校验码不对"]],
    "unknown_headings": ["备注"],
    "missing": 1,
    "missing_shown": [["王三", "某村党支部"]],
}
STATES = {"": JobState.PLANNED, "done": JobState.DONE, "running": JobState.CONFIRMED, "refused": JobState.REFUSED}


def _jobs(here: Organisation, who: Account, person_id: int) -> int:
    """Imports in different states, one after the other, of a file with a bad row and a person missing from it."""
    made = [
        ImportJob.objects.create(
            key="members",
            state=state,
            account=who,
            scope=[here.path],
            file_name="党员.xlsx",
            folder=uuid4().hex,
            created_at=NOW,
            rows=3,
            new=1,
            changed=1,
            bad=1,
            preview=PREVIEW,
            reason="表头里缺少“姓名”" if state == JobState.REFUSED else "",
        )
        for state in STATES.values()
    ]
    for job in made:
        job.missing.create(person_id=person_id, place=str(here))
    return made[0].pk


def address_of(page: str, place: Place) -> str:
    """The address of a page."""
    if page == "nowhere":
        return "/nowhere/"
    name, _space, more = page.partition(" ")
    if not more:
        return fill(name, place) + query_of(name, place)
    if more.startswith("branch"):
        return fill(name, replace(place, code=place.branch)) + more.removeprefix("branch")
    if more in CLAIMS:
        return fill(name, replace(place, claim_id=place.claim_id + CLAIMS.index(more)))
    if more in STATES:
        return fill(name, replace(place, job_id=place.job_id + list(STATES).index(more))) + query_of(name, place)
    return fill(name, place) + query_of(name, place) + more


def all_visits() -> list[Visit]:
    """Every page as every login in both languages at every width."""
    return [(page, login, *setting) for login in (*LOGINS, NOBODY) for page in pages_of(login) for setting in SETTINGS]


def pairwise_visits() -> list[Visit]:
    """Few visits in which every two of page, login, language and width meet, each page and login that can."""
    everything = all_visits()
    open_pairs = {pair for visit in everything for pair in _pairs(visit)}
    chosen: list[Visit] = []
    while open_pairs:
        best = max(everything, key=lambda visit: len(_pairs(visit) & open_pairs))
        chosen.append(best)
        open_pairs -= _pairs(best)
    return chosen


def _pairs(visit: Visit) -> set[tuple[int, object, int, object]]:
    # The offices of the three levels share their pages: each page is looked at as one of them.
    kinds = (visit[0], "office" if visit[1] in OFFICES else visit[1], visit[2], visit[3])
    return {(i, kinds[i], j, kinds[j]) for i in range(4) for j in range(i + 1, 4)}

"""What a city in use holds beside people and hours: claims in every state, papers, rules on their way."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from peixun.catalog.models import RequirementPack
from peixun.changes.models import OrganisationChange, OrganisationChangeKind, Transfer
from peixun.changes.operations import OrganisationWanted, change_organisation
from peixun.claims.models import Claim
from peixun.claims.operations import Filing, Ruling, appeal, ask, confirm, file, grant, refuse, withdraw
from peixun.coverage.operations.closing import close_year, reopen_year
from peixun.ledger.models import CreditEntry, YearClosing
from peixun.people.models import (
    Account,
    Audience,
    Membership,
    NotSamePerson,
    Organisation,
    Person,
    PersonAlias,
    TokenScope,
)
from peixun.people.operations.organisations import NewOrganisation
from peixun.people.operations.tokens import issue_token
from peixun.people.queries.scope import Actor, actor_of, system_actor
from peixun.reports.models import IssuedReport
from peixun.reports.operations import Wanted, issue
from peixun.rulebook.models import PackDraft, Trial
from peixun.rulebook.operations import drafts, trials
from peixun.rulebook.operations.audiences import WantedAudience, save
from tests.factories.world import NOW

DAY = NOW.date()
OFFICES = ("township", "county", "city")
RULE_MAKERS = ("county", "city")
CLAIMS = ("", "at-office", "granted", "refused", "withdrawn", "appealed", "disputed")
"""The claims of the demo's member, in the order in which they are filed; the first waits for the branch."""
TITLES = ("七一主题党日", "党史讲座", "网络专题班", "集中观影", "支部学习", "县委党校轮训班")


@dataclass(frozen=True)
class Furniture:
    """Where to find what stands in the city, for one account."""

    claim_id: int
    other_id: int
    organisation_change_id: int
    report_id: int
    closing_id: int
    draft_id: int
    trial_id: int
    pack_id: int
    audience: str


def furniture(here: Organisation) -> Furniture:
    """What an account of an organisation sees; the city is furnished by the first who asks."""
    member = Account.objects.get(login="member").person_id
    if not PackDraft.objects.exists():
        _furnish(member)
    maker = here if PackDraft.objects.filter(owner=here).exists() else _office("city")
    closed = YearClosing.objects.filter(organisation=here).order_by("pk").last()
    issued = IssuedReport.objects.filter(organisation=here).order_by("pk").last()
    changed = OrganisationChange.objects.filter(organisation__parent=here).first()
    return Furniture(
        claim_id=_claims(member)[0],
        other_id=_others(member)[0],
        organisation_change_id=changed.pk if changed else 0,
        report_id=issued.pk if issued else 0,
        closing_id=(closed or _closing(here)).pk,
        draft_id=PackDraft.objects.get(owner=maker).pk,
        trial_id=Trial.objects.get(owner=maker, draft=None).pk,
        pack_id=RequirementPack.objects.filter(owner=maker).order_by("pk").last().pk,
        audience=Audience.objects.filter(owner=maker).order_by("pk").last().key,
    )


@transaction.atomic
def _furnish(member: int) -> None:
    for login in OFFICES:
        _issue(login)
    _file_claims(Person.objects.get(pk=member))
    for login in OFFICES:
        _issue(login)
    _close_and_come_late(Person.objects.get(pk=member))
    _find_doubles(member)
    for login in OFFICES:
        _found_below(login)
    for login in RULE_MAKERS:
        _draft_rules(login)
    for login in ("city", "secretary"):
        account = Account.objects.get(login=login)
        issue_token(account, days=30, by=_actor(login), at=NOW, scopes=(TokenScope.READ,))


def _office(login: str) -> Organisation:
    return Account.objects.get(login=login).grants.get().organisation


def _actor(login: str) -> Actor:
    return actor_of(Account.objects.get(login=login), day=DAY)


def _issue(login: str) -> None:
    """A version of the report; after hours were recognised there is another one."""
    issue(Wanted(_office(login), 2018, DAY, DAY, "送审"), by=_actor(login), at=NOW)


def _claims(member: int) -> list[int]:
    """Those filed here; the demo has one of its own."""
    filed = Claim.objects.filter(person=member).exclude(title="重温入党誓词主题党日")
    return list(filed.order_by("pk").values_list("pk", flat=True))


def _file_claims(person: Person) -> None:
    oneself = _actor("member")
    filed = [
        file(
            Filing(person, Decimal(2), date(2018, 6, 5), title=title, place="村党员活动室", words="签到表上有我的名字"),
            scans=[b"%PDF-1.4\n%%EOF"],
            today=DAY,
            by=oneself,
            at=NOW,
        )
        for title in TITLES
    ]
    entry = CreditEntry.objects.filter(person=person, reverses=None).order_by("pk").first()
    filed.append(
        file(Filing(person, Decimal(1), entry.happened_on, entry=entry, wrong="hours"), today=DAY, by=oneself, at=NOW)
    )
    _waiting, at_office, granted, refused, withdrawn, appealed, _disputed = filed
    branch, office = _actor("secretary"), _actor("township")
    for claim in (at_office, granted):
        confirm(claim, words="支部有记录", today=DAY, by=branch, at=NOW)
    ask(at_office, words="请补一张签到表", by=office, at=NOW)
    grant(granted, Ruling(Decimal(2), date(2018, 6, 5), "已核对"), today=DAY, by=office, at=NOW)
    for claim in (refused, appealed):
        refuse(claim, words="没有签到", by=branch, at=NOW)
    withdraw(withdrawn, by=oneself, at=NOW)
    appeal(appealed, words="当天我在场，村干部可以作证", today=DAY, by=oneself, at=NOW)


def _close_and_come_late(person: Person) -> None:
    """Last year is closed for the city; a county opened its own again; an hour comes late."""
    opened = close_year(_office("county"), 2017, by=_actor("county"), at=NOW, today=DAY)
    reopen_year(opened, reason="两个镇漏报冬季轮训", today=DAY, by=_actor("county"), at=NOW)
    close_year(_office("city"), 2017, by=_actor("city"), at=NOW, today=DAY)
    filing = Filing(person, Decimal(4), date(2017, 12, 5), title="冬季轮训")
    late = file(filing, today=DAY, by=_actor("member"), at=NOW)
    confirm(late, words="支部有记录", today=DAY, by=_actor("secretary"), at=NOW)
    grant(late, Ruling(Decimal(4), date(2017, 12, 5), "签到表年后才交来"), today=DAY, by=_actor("township"), at=NOW)


def _closing(here: Organisation) -> YearClosing:
    """A closing of an organisation that can't close years itself any more, as one of before."""
    figures = {"due": 1, "covered": 0, "fulfilled": 0, "person_times": 0, "quarters": 0}
    row = {"closed_at": NOW, "seal_number": 0, "head": bytes(32), "last_entry": 0, "figures": figures}
    return YearClosing.objects.get_or_create(organisation=here, year=2016, defaults=row)[0]


def _others(member: int) -> list[int]:
    """Members of the same branch, none of whom the demo knows by an account."""
    branch = Membership.objects.get(person=member, until=None).organisation
    rows = Membership.objects.filter(organisation=branch, until=None).exclude(person=member)
    known = Account.objects.exclude(person=None).values("person")
    rows = rows.exclude(person__in=Transfer.objects.filter(state="proposed").values("person"))
    return list(rows.exclude(person__in=known).order_by("person").values_list("person", flat=True)[:5])


def _find_doubles(member: int) -> None:
    """Somebody who may be there twice; two who were found to be one; two who were found to be two."""
    twice, one, again, first, second = _others(member)
    there = Person.objects.get(pk=member)
    Person.objects.filter(pk=twice).update(name=there.name, birth_date=there.birth_date)
    PersonAlias.objects.create(alias_id=again, person_id=one, merged_at=NOW)
    NotSamePerson.objects.create(first_id=first, second_id=second, reason="同名同日生，住址不同", marked_at=NOW)


def _found_below(login: str) -> None:
    here = _office(login)
    new = NewOrganisation(f"{here.code}99", "新设党总支", "general_branch", "grassroots", here.code, DAY)
    wanted = OrganisationWanted(OrganisationChangeKind.FOUND, here, DAY, new=new)
    change_organisation(wanted, today=DAY, by=system_actor(), at=NOW)


def _draft_rules(login: str) -> None:
    """An audience, what another rule for it would change, a draft with its trial, and a pack that begins later."""
    owner, by = _office(login), _actor(login)
    wanted = WantedAudience(f"{owner}骨干", {"under": [owner.pk]})
    made = save(wanted, owner=owner, today=DAY, by=by, at=NOW)
    requirement = {"audience": made.key, "name": "下半年 8 学时", "period": "year", "min_hours": "8"}
    head = {
        "name": "下半年加训",
        "source": "县委组〔2018〕9号",
        "note": "",
        "since": "2018-07-01",
        "last": "2018-12-31",
    }
    draft = drafts.begin("requirement", owner, by=by, at=NOW)
    drafts.save(draft, {**head, "requirements": [requirement]}, version=1, by=by, at=NOW)
    narrower = {"key": made.key, "name": made.name, "rule": {"under": [owner.pk], "posts": ["secretary"]}}
    trial = trials.ask(owner, narrower, by=by, at=NOW)
    trials.run(trial, today=DAY)
    trials.run(trials.ask_draft(draft, today=DAY, by=by, at=NOW), today=DAY)
    later = {"name": "明年的要求", "source": "测试依据", "since": date(2025, 1, 1), "until": date(2026, 1, 1)}
    pack = RequirementPack.objects.create(key=f"later-{login}", owner=owner, **later)
    pack.requirements.create(audience=made, name="每年 16 学时", period="year", min_hours=Decimal(16))

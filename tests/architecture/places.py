"""Something of every kind inside an organisation, so that each address can be asked for."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from peixun.catalog.models import RequirementPack
from peixun.changes.models import ChangeKind, OrganisationChange, OrganisationChangeKind, PersonChange, Transfer
from peixun.changes.operations import OrganisationWanted, change_organisation, record
from peixun.changes.operations import Wanted as WantedChange
from peixun.claims.models import Claim
from peixun.claims.operations import Filing, file
from peixun.exchange.models import ImportJob, JobState
from peixun.ledger.models import CreditEntry, YearClosing
from peixun.notices.models import Message
from peixun.people.models import Account, Audience, Grant, NotSamePerson, Organisation, Person, PersonAlias
from peixun.people.operations.organisations import NewOrganisation
from peixun.people.queries.scope import Actor, system_actor
from peixun.reports.models import IssuedReport, Schedule, ScheduledFile
from peixun.reports.operations import Wanted, issue
from peixun.rulebook.models import PackDraft, Trial
from tests.architecture.asked import Place
from tests.factories.world import NOW, World, post

DAY = date(2018, 6, 30)


def place_of(world: World, text: str, keeper: Account, *, nth: int = 2) -> Place:
    """An organisation with a person of a branch, their entry, what it was earned from, and a file on its way in."""
    code, branch = text.split()
    person_id = world.persons[world.branches.index(branch) * 5 + nth]
    entry = CreditEntry.objects.filter(person=person_id).first() or post(
        world, person_id, on=date(2018, 3, 1), hours=4, organiser_id=world.organisations[branch]
    )
    job = ImportJob.objects.create(
        key="members",
        state=JobState.PLANNED,
        account=keeper,
        scope=[world.organisation(code).path],
        file_name="党员.xlsx",
        folder=uuid4().hex,
        created_at=NOW,
        bad=1,
        skip_bad=True,
    )
    job.path.mkdir(parents=True)
    job.errors.write_bytes(b"")
    grant = _grant(world, code)
    other, alias = (world.persons[world.branches.index(branch) * 5 + n] for n in (3, 4))
    draft_id, trial_id, pack_id, audience = _rules(world, code, f"C{branch[1]}" if code == "R" else code)
    return Place(
        code,
        branch,
        person_id=person_id,
        entry_id=entry.pk,
        activity_id=entry.activity_id,
        job_id=job.pk,
        transfer_id=_transfer(world, branch, person_id),
        change_id=_change(person_id),
        organisation_change_id=_organisation_change(world, code),
        account_id=grant.account_id,
        grant_id=grant.pk,
        report_id=_issued(world, code),
        closing_id=_closing(world, code),
        claim_id=_claim(person_id),
        other_id=other,
        alias_id=alias,
        apart_id=_pairs(other, alias),
        draft_id=draft_id,
        trial_id=trial_id,
        pack_id=pack_id,
        audience=audience,
    )


def _grant(world: World, code: str) -> Grant:
    """A role that a platform holds on the organisation."""
    holder = Account.objects.filter(login=f"holder-{code}").first() or Account.objects.create_account(
        login=f"holder-{code}"
    )
    place = world.organisation(code)
    return Grant.objects.get_or_create(account=holder, organisation=place, role="secretary", since=date(2018, 1, 1))[0]


def _organisation_change(world: World, code: str) -> int:
    """A committee that was founded below the organisation, or a new name of a branch."""
    place = world.organisation(code)
    if place.holds_members:
        wanted = OrganisationWanted(OrganisationChangeKind.CHANGE, place, DAY, changes={"short_name": code})
    else:
        new = NewOrganisation(f"{code}X", "新设党总支", "general_branch", "grassroots", code, DAY)
        wanted = OrganisationWanted(OrganisationChangeKind.FOUND, place, DAY, new=new)
    known = OrganisationChange.objects.filter(organisation__code__in=[code, f"{code}X"], kind=wanted.kind).first()
    made = known or change_organisation(wanted, today=DAY, by=system_actor(), at=NOW)
    return made.pk


def _pairs(other: int, alias: int) -> int:
    """Two records merged, and (which no installation has) the same two kept apart."""
    PersonAlias.objects.get_or_create(alias_id=alias, defaults={"person_id": other, "merged_at": NOW})
    return NotSamePerson.objects.get_or_create(
        first_id=other, second_id=alias, defaults={"reason": "两个人", "marked_at": NOW}
    )[0].pk


def _rules(world: World, code: str, below: str) -> tuple[int, int, int, str]:
    """A draft, a trial of an audience, and an audience of an organisation; a pack of one that has no one below it
    who might copy from it."""
    owner = world.organisation(code)
    draft = PackDraft.objects.create(kind="requirement", owner=owner, made_at=NOW, changed_at=NOW)
    audience, _ = Audience.objects.get_or_create(
        key=f"of-{code}", defaults={"name": f"对象{code}", "owner": owner, "bit": Audience.objects.count()}
    )
    trial = Trial.objects.create(owner=owner, wanted={"key": audience.key, "name": "对象", "rule": {}}, made_at=NOW)
    pack, _ = RequirementPack.objects.get_or_create(
        owner=world.organisation(below),
        since=date(2000, 1, 1),
        defaults={"key": "old", "name": "旧要求", "source": "测试", "until": date(2001, 1, 1)},
    )
    return draft.pk, trial.pk, pack.pk, audience.key


def _claim(person_id: int) -> int:
    """Hours that the person says are missing, with a scan; the branch has let its time pass."""
    known = Claim.objects.filter(person=person_id).first()
    if known is not None:
        return known.pk
    filing = Filing(Person.objects.get(pk=person_id), Decimal(2), date(2018, 6, 5), title="七一主题党日")
    oneself = Actor(account_id=None, person_id=person_id, system_user="", grants=())
    return file(filing, scans=[b"%PDF-1.4\n%%EOF"], today=DAY, by=oneself, at=NOW).pk


def _closing(world: World, code: str) -> int:
    """A closing of the organisation, of a year for which nothing else here is posted."""
    return YearClosing.objects.get_or_create(
        organisation=world.organisation(code),
        year=2016,
        defaults={
            "closed_at": NOW,
            "seal_number": 0,
            "head": bytes(32),
            "last_entry": 0,
            "figures": {"due": 1, "covered": 0, "fulfilled": 0, "person_times": 0, "quarters": 0},
        },
    )[0].pk


def _issued(world: World, code: str) -> int:
    """A report of last year that was issued for the organisation."""
    wanted = Wanted(world.organisation(code), 2017, date(2017, 12, 31), DAY)
    known = IssuedReport.objects.filter(organisation=wanted.organisation).first()
    return (known or issue(wanted, by=system_actor(), at=NOW)).pk


def _change(person_id: int) -> int:
    """Something that was recorded about the person."""
    known = PersonChange.objects.filter(person=person_id).first()
    if known is not None:
        return known.pk
    wanted = WantedChange(ChangeKind.FLOATING, Person.objects.get(pk=person_id), date(2018, 5, 1))
    return record(wanted, today=DAY, by=system_actor(), at=NOW).pk


def _transfer(world: World, branch: str, person_id: int) -> int:
    """A transfer on its way to a neighbour that is no inner place of a role for which this branch is an outer one."""
    to = "T12b" if branch == "T11b" else branch[:-1] + {"a": "b", "b": "a"}[branch[-1]]
    return Transfer.objects.get_or_create(
        person_id=person_id,
        state="proposed",
        defaults={
            "leaving": world.organisation(branch),
            "receiving": world.organisation(to),
            "on": DAY,
            "proposed_at": NOW,
        },
    )[0].pk


def with_own(place: Place, who: Account) -> Place:
    """The place, with what belongs to an account alone."""
    file = _scheduled(place.code, who)
    return replace(place, message_id=message_to(who), file_id=file.pk, schedule_id=file.schedule_id)


def _scheduled(code: str, who: Account) -> ScheduledFile:
    """A file of a schedule of an account."""
    schedule = Schedule.objects.create(
        owner=who,
        organisation=Organisation.objects.get(code=code),
        what="statistics",
        chosen={"rows": "units", "columns": ["due"], "audience": "", "tier": ""},
        rhythm="weekly",
        day=1,
        next_run=DAY,
        not_before=NOW,
        made_at=NOW,
    )
    return ScheduledFile.objects.create(
        schedule=schedule,
        due_on=DAY,
        as_of=DAY,
        name="a.xlsx",
        content_type="text/plain",
        data=b"a",
        size=1,
        made_at=NOW,
        expires_at=NOW + timedelta(days=90),
    )


def message_to(who: Account) -> int:
    """A message with a time to somebody."""
    times = {
        "parameters": {"since": "2018-06-01", "count": 1},
        "created_at": NOW,
        "starts_at": NOW,
        "ends_at": NOW + timedelta(hours=1),
    }
    return Message.objects.get_or_create(account=who, kind="weekly_tasks", key="k", defaults=times)[0].pk

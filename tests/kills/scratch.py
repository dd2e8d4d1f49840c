"""Runs beside the product, on its database: founds a city, and looks for what is lost, doubled or half there."""

from collections import Counter, defaultdict
from datetime import UTC, date, datetime

from django.core.management import call_command

from peixun.changes.models import OrganisationChange, Transfer
from peixun.coverage.operations import rebuild
from peixun.exchange.models import ImportJob
from peixun.kernel import guards
from peixun.ledger.models import CreditEntry
from peixun.ledger.operations import seal, verify
from peixun.people.models import AuditEntry, Membership, Organisation, Person, TokenScope
from peixun.people.operations.enrolment import NewPerson, enrol
from peixun.people.operations.tokens import issue_token
from peixun.people.queries.scope import actor_of
from tests.factories.rosters import number
from tests.factories.world import NOW, SYSTEM, account, activity, build_world
from tests.kills.standing import YEARS, kept_is_right

DAY = date(2018, 6, 30)
LEARNERS = 40


def found() -> dict:
    """The city, an office with a password and a token, an activity; what the writers need to know."""
    call_command("migrate", verbosity=0)
    guards.install()
    world = build_world(10)
    learners = enrol(
        [
            NewPerson(
                name=f"李小{i}",
                citizen_number=number(i),
                organisation_id=world.organisations["T21a"],
                member_since=date(2010, 1, 1),
            )
            for i in range(LEARNERS)
        ],
        by=SYSTEM,
        at=NOW,
    )
    office = account("office", role="office", organisation=world.root)
    token = issue_token(office, days=30, by=actor_of(office, day=DAY), at=datetime.now(UTC), scopes=list(TokenScope))
    held = activity(world, on=date(2018, 5, 4))
    for year in YEARS:
        rebuild(year)
    return {
        "token": token.text,
        "organisations": world.organisations,
        "persons": world.persons,
        "learners": learners,
        "activity": held,
    }


def look(told: dict) -> dict:
    """Faults in plain words; `told` holds what clients tried and what they were told is done."""
    faults: list[str] = []
    _credits(told, faults)
    _transfers(told, faults)
    _rosters(told, faults)
    _mergers(told, faults)
    if missing := guards.missing():
        faults.append(f"guards are missing: {missing}")
    sealed = verify()
    faults += [f"ledger: {fault}" for fault in sealed.faults]
    if told.get("quiet"):
        faults += _at_rest()
    counts = {
        "entries": CreditEntry.objects.count(),
        "transfers": Transfer.objects.count(),
        "jobs": dict(Counter(ImportJob.objects.values_list("state", flat=True))),
        "mergers": OrganisationChange.objects.count(),
    }
    return {"faults": faults, **counts}


def _at_rest() -> list[str]:
    """What must hold once nobody works any more."""
    faults = [f"job {job.pk} is still {job.state}" for job in ImportJob.objects.under_way()]
    kept_is_right()
    seal(at=NOW)
    sealed = verify()
    if sealed.unsealed or not sealed.intact:
        faults.append(f"after sealing: {sealed.unsealed} open, {sealed.faults}")
    return faults


def _credits(told: dict, faults: list[str]) -> None:
    """A batch of the API, or a file of the command, is there whole or not at all, and each entry once."""
    entries = CreditEntry.objects.filter(reverses=None).values_list("source_ref", "person_id")
    there = Counter(entries)
    faults += [f"credit {key} is there {times} times" for key, times in there.items() if times > 1]
    batches = Counter(ref.rpartition("-")[0] for ref, _person in there)
    for batch, size in told["batches"].items():
        if batches[batch] not in {0, size}:
            faults.append(f"batch {batch}: {batches[batch]} of {size}")
    lost = [batch for batch in told["posted"] if not batches[batch]]
    faults += [f"batch {batch} was acknowledged and is lost" for batch in lost]
    faults += [f"batch {batch} was invented" for batch in batches.keys() - told["batches"].keys()]


def _transfers(told: dict, faults: list[str]) -> None:
    """A bulk transfer is done for all or for none, and memberships say the same as it does."""
    accepted = Transfer.objects.filter(state="accepted").values_list("reason", "person_id", "receiving_id", "on")
    by_reason: dict[str, list] = {}
    for reason, *row in accepted:
        by_reason.setdefault(reason, []).append(row)
    begun = set(Membership.objects.values_list("person_id", "organisation_id", "since"))
    for name, rows in by_reason.items():
        faults += [f"transfer {name}: no membership {row}" for row in rows if tuple(row) not in begun]
    for name, size in told["transfers"].items():
        if len(by_reason.get(name, ())) not in {0, size}:
            faults.append(f"transfer {name}: {len(by_reason[name])} of {size}")
    faults += [f"transfer {name} was acknowledged and is lost" for name in told["moved"] if name not in by_reason]
    if Transfer.objects.exclude(state="accepted").exists():
        faults.append("a transfer stayed half done")
    open_now = Counter(Membership.objects.filter(until=None).values_list("person_id", flat=True))
    faults += [f"person {pk} belongs to {times} branches" for pk, times in open_now.items() if times > 1]
    gone = set(told["persons"]) - open_now.keys()
    faults += [f"person {pk} belongs nowhere" for pk in gone]


def _rosters(told: dict, faults: list[str]) -> None:
    """A roster is imported whole or not at all, and once; what a job says of itself is true."""
    names = Counter(Person.objects.filter(name__startswith="王").values_list("name", flat=True))
    faults += [f"{name} was enrolled {times} times" for name, times in names.items() if times > 1]
    sizes = Counter(name.partition("小")[0] for name in names)
    jobs: dict[str, list[ImportJob]] = defaultdict(list)
    for job in ImportJob.objects.all():
        jobs[job.file_name.removesuffix(".csv")].append(job)
        if job.state in {"failed", "refused"} and not _given_up(job):
            faults.append(f"job {job.pk} {job.state}: {job.reason}")
    for mark, several in jobs.items():
        # A browser whose upload went unanswered sends it again: there may be two jobs, of which one is confirmed.
        size, states = told["rosters"][mark], sorted(job.state for job in several)
        if sizes[mark] not in {0, size}:
            faults.append(f"roster {mark}: {sizes[mark]} of {size}")
        if states.count("done") != int(bool(sizes[mark])):
            faults.append(f"jobs of {mark} say {states}, and {sizes[mark]} are there")
        if AuditEntry.objects.filter(action="import", detail__file=f"{mark}.csv").count() != states.count("done"):
            faults.append(f"jobs of {mark} say {states} and their trail says otherwise")
        finished = "done" in states or any(_given_up(job) for job in several)
        if told.get("quiet") and mark in told["confirmed"] and not finished:
            faults.append(f"{mark} was confirmed and its jobs are {states}")


def _given_up(job: ImportJob) -> bool:
    """Killed three times in the same step, which it says in words."""
    return job.state == "failed" and "多次中断" in job.reason


def _mergers(told: dict, faults: list[str]) -> None:
    """A merger, and its undoing, happened with all that belongs to it."""
    one, other = (Organisation.objects.get(code=code) for code in ("T22a", "T22b"))
    standing = OrganisationChange.objects.filter(undone_at=None).count()
    if standing not in {0, 1} or (one.closed_on is not None) != bool(standing):
        faults.append(f"{standing} mergers stand and the branch is closed on {one.closed_on}")
    here = Membership.objects.filter(until=None)
    counts = here.filter(organisation=one).count(), here.filter(organisation=other).count()
    if counts != ((0, 20) if standing else (10, 10)):
        faults.append(f"members after {standing} standing mergers: {counts}")
    known = set(OrganisationChange.objects.values_list("pk", flat=True))
    faults += [f"merger {pk} was acknowledged and is lost" for pk in told["merged"] if pk not in known]
    undone = set(OrganisationChange.objects.exclude(undone_at=None).values_list("pk", flat=True))
    faults += [f"merger {pk} was undone and stands again" for pk in told["separated"] if pk not in undone]

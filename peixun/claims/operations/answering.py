"""The branch's answer and the office's decision; what is granted goes into the ledger in the same transaction."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from peixun.catalog.models import ActivityKind, Tier
from peixun.claims.models import Claim, ClaimState, Verb, Wrong
from peixun.claims.operations.steps import AlreadyMoved, ClaimRefused, check_day_and_hours, check_words, move, note
from peixun.claims.operations.telling import tell_concerned, tell_next
from peixun.claims.queries.standing import (
    acts_for_branch,
    acts_for_office,
    committee_of,
    has_acted,
    is_due_at_office,
    is_own,
    may_answer,
)
from peixun.kernel.hours import to_quarters
from peixun.ledger import operations as ledger
from peixun.ledger.models import Activity, CreditEntry
from peixun.ledger.operations.posting import lock_persons
from peixun.people.queries.scope import Actor, OutOfScope
from peixun.people.queries.visible import one_person

SOURCE = "claim"
BRANCH_KINDS = frozenset({ActivityKind.BRANCH_STUDY, ActivityKind.GROUP_VIEWING, ActivityKind.THEME_DAY})
"""What a branch holds itself; everything else that somebody describes is its committee's."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an office recognises: hours, day, and words where it has something to add."""

    hours: Decimal
    on: date
    words: str = ""


@transaction.atomic
def confirm(claim: Claim, *, words: str, today: date, by: Actor, at: datetime) -> None:
    """This operation will pass a claim on to the office with the branch's word that it is true.

    Raises AlreadyMoved, ClaimRefused for one's own claim, and OutOfScope for whoever doesn't act for the branch.
    """
    if not acts_for_branch(by, claim):
        raise OutOfScope("not for the branch of this claim")
    _not_own(claim, by)
    move(claim, was=[ClaimState.OPEN_BRANCH], state=ClaimState.OPEN_OFFICE, waiting_since=at)
    step = note(claim, Verb.CONFIRM, words=words.strip(), by=by, at=at)
    tell_next(claim, step, day=today, by=by, at=at)
    tell_concerned("claim_confirmed", claim, step, by=by, at=at)


@transaction.atomic
def refuse(claim: Claim, *, words: str, by: Actor, at: datetime) -> None:
    """This operation will refuse a claim, with the reason; the member may ask for a second look once.

    Raises ClaimRefused without a reason or for one's own claim, AlreadyMoved, OutOfScope.
    """
    for_branch = may_answer(by, claim)
    if not for_branch:
        _require_turn(claim, by, at)
    _not_own(claim, by)
    if not for_branch:
        _fresh_eyes(claim, by)
    reason = check_words(words, _("请写明不认可的原因，党员会看到"))
    move(claim, was=[claim.state], state=ClaimState.REFUSED, decided_at=at, refused_by_branch=for_branch)
    step = note(claim, Verb.REFUSE, words=reason, by=by, at=at)
    tell_concerned("claim_refused", claim, step, by=by, at=at)


@transaction.atomic
def ask(claim: Claim, *, words: str, by: Actor, at: datetime) -> None:
    """This operation will ask the member for more; the claim stays where it is, and so does the time to answer.

    Raises ClaimRefused without words or for one's own claim, AlreadyMoved, and OutOfScope for whoever has no say now.
    """
    if not may_answer(by, claim):
        _require_turn(claim, by, at)
    _not_own(claim, by)
    said = check_words(words, _("请写明要补充什么，党员会看到"))
    move(claim, was=[claim.state], state=claim.state)
    step = note(claim, Verb.ASK, words=said, by=by, at=at)
    tell_concerned("claim_asked", claim, step, by=by, at=at)


@transaction.atomic
def grant(claim: Claim, ruling: Ruling, *, today: date, by: Actor, at: datetime) -> None:
    """This operation will recognise a claim and write it into the ledger: a credit, a reversal, or the next revision.

    Raises AlreadyMoved for the slower of two, ClaimRefused for one's own claim, for somebody who has filed, confirmed
    or refused it before, and for what the ledger doesn't take, as hours of a closed year without words that say why;
    OutOfScope for whoever is not the office. Then nothing is written.
    """
    _require_turn(claim, by, at)
    _not_own(claim, by)
    _fresh_eyes(claim, by)
    check_day_and_hours(claim.person_id, ruling.on, ruling.hours, today=today)
    lock_persons(set(one_person(claim.person_id)))
    move(
        claim,
        was=[ClaimState.OPEN_BRANCH, ClaimState.OPEN_OFFICE],
        state=ClaimState.GRANTED,
        decided_at=at,
        decided_hours=ruling.hours,
        decided_on=ruling.on,
    )
    try:
        with transaction.atomic():
            posted, reversal = _post(claim, ruling, by, at) if claim.entry_id is None else _amend(claim, ruling, by, at)
    except ledger.NotReversible as error:
        raise ClaimRefused(_("这条学时已由他人冲销，请核对后写明原因，不再认可")) from error
    except ledger.YearClosed as closed:
        raise ClaimRefused(str(closed)) from closed
    except (ledger.CreditConflict, ledger.ActivityConflict, IntegrityError) as error:
        raise ClaimRefused(_("台账里已有内容不同的记录，没有写入，请到学时台账核对")) from error
    Claim.objects.filter(pk=claim.pk).update(posted=posted, reversal=reversal)
    claim.posted, claim.reversal = posted, reversal
    step = note(claim, Verb.GRANT, words=ruling.words.strip(), by=by, at=at)
    tell_concerned("claim_granted", claim, step, by=by, at=at)


def _require_turn(claim: Claim, by: Actor, at: datetime) -> None:
    """Raise OutOfScope for whoever is not of the office, and say so when it isn't the office's turn."""
    if not acts_for_office(by, claim):
        if acts_for_branch(by, claim) and claim.state != ClaimState.OPEN_BRANCH:
            raise AlreadyMoved
        raise OutOfScope("not for the actor to decide")
    if not claim.is_open:
        raise AlreadyMoved
    if not is_due_at_office(claim, at=at):
        raise ClaimRefused(_("支部还在答复期限以内，请等支部先答复"))


def _not_own(claim: Claim, by: Actor) -> None:
    if is_own(by, claim.person_id):
        raise ClaimRefused(_("这是您本人的申诉，请由其他同志办理"))


def _fresh_eyes(claim: Claim, by: Actor) -> None:
    if has_acted(by, claim):
        raise ClaimRefused(_("您已经办理过这件申诉的前一步，请由其他同志决定"))


def _post(claim: Claim, ruling: Ruling, by: Actor, at: datetime) -> tuple[CreditEntry, None]:
    """The credit of missing hours."""
    activity = claim.activity
    if activity is not None and not activity.starts_on <= ruling.on <= activity.ends_on:
        raise ClaimRefused(_("认可的日期不在这次活动的起止日期之内"))
    there = CreditEntry.objects.effective().filter(person__in=one_person(claim.person_id), happened_on=ruling.on)
    there = there.filter(activity=activity) if activity else there.filter(activity__title=claim.title)
    if there.exists():
        raise ClaimRefused(_("台账里已有本人这次活动的学时，不能重复登记"))
    activity_id = activity.pk if activity else _describe(claim, ruling)
    new = ledger.NewCredit(
        source_kind=SOURCE,
        source=claim.branch.code,
        source_ref=str(claim.pk),
        person_id=claim.person_id,
        activity_id=activity_id,
        happened_on=ruling.on,
        quarters=to_quarters(ruling.hours),
    )
    ledger.post([new], by=by, at=at, late_reason=ruling.words.strip())
    return _entry_of(new), None


def _entry_of(new: ledger.NewCredit) -> CreditEntry:
    return CreditEntry.objects.get(
        person_id=new.person_id,
        source_kind=new.source_kind,
        source=new.source,
        source_ref=new.source_ref,
        part=new.part,
        revision=new.revision,
        reverses=None,
    )


def _describe(claim: Claim, ruling: Ruling) -> int:
    """Open the activity that the member described; its id."""
    organiser = claim.branch if claim.activity_kind in BRANCH_KINDS else committee_of(claim.branch)
    new = ledger.NewActivity(
        source_kind=SOURCE,
        source=claim.branch.code,
        reference=str(claim.pk),
        kind=claim.activity_kind,
        title=claim.title,
        organiser_id=organiser.pk,
        tier=Tier.GRASSROOTS,
        starts_on=ruling.on,
        ends_on=ruling.on,
        place=claim.place,
    )
    return ledger.open_activities([new])[new.key]


def _amend(claim: Claim, ruling: Ruling, by: Actor, at: datetime) -> tuple[CreditEntry | None, CreditEntry]:
    """Reverse the disputed entry; unless the person wasn't there, its next revision says what is right."""
    entry = claim.entry
    assert entry is not None  # noqa: S101 - for the type checker
    new = None if claim.wrong == Wrong.NOT_ME else _revision(claim, entry, ruling)
    words = _("申诉第 %(number)s 号：%(wrong)s") % {"number": claim.pk, "wrong": claim.get_wrong_display()}
    reversal = ledger.reverse(entry, reason=words, by=by, at=at, replacement=new)
    return (_entry_of(new) if new else None), reversal


def _revision(claim: Claim, entry: CreditEntry, ruling: Ruling) -> ledger.NewCredit:
    activity = entry.activity
    known = CreditEntry.objects.filter(
        person=entry.person_id,
        source_ref=entry.source_ref,
        source=entry.source,
        source_kind=entry.source_kind,
        part=entry.part,
    ).aggregate(last=Max("revision"))
    if to_quarters(ruling.hours) == to_quarters(entry.hours) and ruling.on == entry.happened_on:
        raise ClaimRefused(_("认可的学时和日期与原记录一样；不认可的，请写明原因"))
    inside = activity.starts_on <= ruling.on <= activity.ends_on
    return ledger.NewCredit(
        source_kind=entry.source_kind,
        source=entry.source,
        source_ref=entry.source_ref,
        person_id=entry.person_id,
        activity_id=activity.pk if inside else _on_another_day(claim, activity, ruling.on),
        happened_on=ruling.on,
        quarters=to_quarters(ruling.hours),
        part=entry.part,
        revision=int(known["last"]) + 1,
    )


def _on_another_day(claim: Claim, activity: Activity, day: date) -> int:
    """The activity as it really took place: what was posted stays as it is, so another one says the right day."""
    fields = {name: getattr(activity, name) for name in ledger.ACTIVITY_FIELDS}
    known = ledger.NewActivity(**{**fields, "topics": tuple(activity.topics)})
    new = replace(
        known, source_kind=SOURCE, source=claim.branch.code, reference=str(claim.pk), starts_on=day, ends_on=day
    )
    return ledger.open_activities([new])[new.key]

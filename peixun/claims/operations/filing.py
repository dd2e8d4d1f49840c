"""Filing a claim, withdrawing it, asking for a second look."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from peixun.catalog.models import ActivityKind
from peixun.claims.models import OPEN, Claim, ClaimKind, ClaimState, Scan, Verb, Wrong
from peixun.claims.operations.scans import check_scans, keep_scans
from peixun.claims.operations.steps import ClaimRefused, check_day_and_hours, check_words, move, note
from peixun.claims.operations.telling import tell_next
from peixun.claims.queries.standing import appeals_to, decides_on, is_own, may_act_as_member, may_file_for
from peixun.ledger.models import Activity, CreditEntry
from peixun.people.models import Membership, Person
from peixun.people.queries.scope import Actor, OutOfScope, Permission
from peixun.people.queries.visible import one_person


@dataclass(frozen=True, slots=True)
class Filing:
    """What somebody claims: an activity or its description for missing hours, an entry for wrong ones."""

    person: Person
    hours: Decimal
    happened_on: date
    words: str = ""
    activity: Activity | None = None
    title: str = ""
    activity_kind: str = ActivityKind.OTHER
    organiser_words: str = ""
    place: str = ""
    entry: CreditEntry | None = None
    wrong: str = ""


def file(filing: Filing, *, scans: Sequence[bytes] = (), today: date, by: Actor, at: datetime) -> Claim:
    """This operation will file a claim for the actor's own person, or for a member whose branch the actor acts for.

    It goes to the branch; where whoever acts for the branch files it, straight to the office. Raises ClaimRefused in
    words for people, and OutOfScope for somebody else's member.
    """
    kinds = check_scans(scans)
    kept: list[Scan] = []
    try:
        with transaction.atomic():
            claim = _open(filing, today, by, at)
            kept = keep_scans(claim, scans, kinds)
            step = note(claim, Verb.FILE, words=filing.words.strip(), by=by, at=at)
            tell_next(claim, step, day=today, by=by, at=at)
    except BaseException:
        for scan in kept:
            scan.path.unlink(missing_ok=True)
        raise
    return claim


def _open(filing: Filing, today: date, by: Actor, at: datetime) -> Claim:
    person = filing.person
    membership = Membership.objects.filter(person=person, until__isnull=True).select_related("organisation").first()
    if membership is None:
        raise ClaimRefused(_("目前没有组织关系，不知道由哪个支部答复，请先办理组织关系"))
    branch = membership.organisation
    own = is_own(by, person.pk)
    if not own and not may_file_for(by, branch.path):
        raise OutOfScope("neither oneself nor a member within the actor's scope")
    check_day_and_hours(person.pk, filing.happened_on, filing.hours, today=today)
    subject = _disputed(filing) if filing.entry is not None else _missing(filing)
    answered = by.may(Permission.ANSWER_CLAIMS, branch.path)
    try:
        with transaction.atomic():
            return Claim.objects.create(
                person=person,
                branch=branch,
                decider=decides_on(branch, filing.activity or (filing.entry.activity if filing.entry else None)),
                state=ClaimState.OPEN_OFFICE if answered else ClaimState.OPEN_BRANCH,
                hours=filing.hours,
                happened_on=filing.happened_on,
                words=filing.words.strip(),
                on_behalf=not own,
                filed_by_id=by.account_id,
                filed_at=at,
                waiting_since=at,
                **subject,
            )
    except IntegrityError as error:
        raise ClaimRefused(_("这件事已经提出过申诉，正在办理")) from error


def _disputed(filing: Filing) -> dict[str, Any]:
    """The fields of a claim that an entry is wrong."""
    entry, ids = filing.entry, one_person(filing.person.pk)
    assert entry is not None  # noqa: S101 - for the type checker
    if entry.person_id not in ids:
        raise OutOfScope("the entry is another person's")
    if entry.reverses_id is not None or CreditEntry.objects.filter(reverses=entry).exists():
        raise ClaimRefused(_("这条学时已经冲销，不用再申诉"))
    if filing.wrong == Wrong.HOURS and filing.hours == entry.hours:
        raise ClaimRefused(_("您填的学时和记录一样，请填应有的学时"))
    if filing.wrong == Wrong.DATE and filing.happened_on == entry.happened_on:
        raise ClaimRefused(_("您填的日期和记录一样，请填应有的日期"))
    if filing.wrong not in Wrong.values:
        raise ClaimRefused(_("请选择哪里不对"))
    refused = Claim.objects.filter(entry=entry, wrong=filing.wrong, state=ClaimState.REFUSED)
    _refuse_again(refused.filter(person__in=ids))
    activity = entry.activity
    return {
        "kind": ClaimKind.WRONG,
        "entry": entry,
        "wrong": filing.wrong,
        "activity": activity,
        "title": activity.title,
        "activity_kind": activity.kind,
    }


def _missing(filing: Filing) -> dict[str, Any]:
    """The fields of a claim that hours are missing."""
    ids, activity, day = one_person(filing.person.pk), filing.activity, filing.happened_on
    if activity is not None and not activity.starts_on <= day <= activity.ends_on:
        raise ClaimRefused(_("这次活动不在这一天，请重新选择"))
    title = activity.title if activity else check_words(filing.title, _("请写明参加的是什么活动"))
    there = CreditEntry.objects.effective().filter(person__in=ids, happened_on=day)
    there = there.filter(activity=activity) if activity else there.filter(activity__title=title)
    if there.exists():
        raise ClaimRefused(_("您已有这次活动的学时；如果记得不对，请在学习记录里点“这条不对”"))
    refused = Claim.objects.filter(person__in=ids, kind=ClaimKind.MISSING, happened_on=day, title=title)
    _refuse_again(refused.filter(state=ClaimState.REFUSED))
    if activity is None and filing.activity_kind not in ActivityKind.values:
        raise ClaimRefused(_("请选择活动类型"))
    return {
        "kind": ClaimKind.MISSING,
        "activity": activity,
        "title": title,
        "activity_kind": activity.kind if activity else filing.activity_kind,
        "organiser_words": "" if activity else filing.organiser_words.strip(),
        "place": "" if activity else filing.place.strip(),
    }


def _refuse_again(refused_before: QuerySet[Claim]) -> None:
    if refused_before.exists():
        raise ClaimRefused(_("这件事已经答复过，没有认可；对答复有意见的，请在那件申诉里申请复核"))


@transaction.atomic
def withdraw(claim: Claim, *, by: Actor, at: datetime) -> None:
    """This operation will withdraw an open claim: by the person, or by whoever filed it for them.

    Raises AlreadyMoved when it is no longer open, and OutOfScope for others.
    """
    if not may_act_as_member(by, claim):
        raise OutOfScope("somebody else's claim")
    move(claim, was=OPEN, state=ClaimState.WITHDRAWN, decided_at=at)
    note(claim, Verb.WITHDRAW, words="", by=by, at=at)


@transaction.atomic
def appeal(claim: Claim, *, words: str, today: date, by: Actor, at: datetime) -> None:
    """This operation will take a refused claim to the office above, once.

    Raises ClaimRefused without words or when there is no second look left, AlreadyMoved, and OutOfScope for others.
    """
    if not may_act_as_member(by, claim):
        raise OutOfScope("somebody else's claim")
    said = check_words(words, _("请写明为什么要复核"))
    if claim.state == ClaimState.REFUSED and claim.appealed:
        raise ClaimRefused(_("已经复核过一次，不能再申请"))
    above = appeals_to(claim)
    if above is None:
        raise ClaimRefused(_("已由最高一级答复，不能再申请复核"))
    move(
        claim,
        was=[ClaimState.REFUSED],
        state=ClaimState.OPEN_OFFICE,
        decider=above,
        appealed=True,
        waiting_since=at,
        decided_at=None,
    )
    step = note(claim, Verb.APPEAL, words=said, by=by, at=at)
    tell_next(claim, step, day=today, by=by, at=at)

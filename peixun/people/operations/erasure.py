"""Erasure: asked for by one, confirmed by another, and then final."""

from collections.abc import Sequence
from datetime import date, datetime

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from peixun.people import hooks
from peixun.people.models import (
    Account,
    ErasureReason,
    ErasureRequest,
    ErasureState,
    ExternalLogin,
    Grant,
    Identity,
    NotSamePerson,
    OneTimeCode,
    Person,
    SecondFactor,
    SignedIn,
    SpareCode,
    StatusPeriod,
    Token,
)
from peixun.people.operations import audit
from peixun.people.queries.erasure import erasure_obstacle, may_erase
from peixun.people.queries.places import place_of_persons
from peixun.people.queries.scope import Actor, OutOfScope, Permission
from peixun.people.queries.visible import one_person

ERASED = "已注销"
"""Stands where a reason was that the database asks for; data, so it isn't translated."""


class ErasureRefused(Exception):
    """Somebody's data can't be erased like that. The text is for people."""


def pseudonym(person_id: int) -> str:
    """The name that stands in place of an erased one."""
    return f"已注销人员{person_id:04d}"


@transaction.atomic
def ask_erasure(person: Person, *, reason: str, words: str, by: Actor, at: datetime, day: date) -> ErasureRequest:
    """This operation will ask for the erasure of a person with all records merged into them; nothing is erased yet.

    Raises OutOfScope, ErasureRefused for somebody who still belongs somewhere, whose time isn't over, without an
    explanation, or for whom it is asked already.
    """
    ids = one_person(person.pk)
    if by.account_id is None or not may_erase(by, person.pk):
        raise OutOfScope("erasure isn't asked for here")
    if reason not in ErasureReason or not words.strip():
        raise ErasureRefused(_("请写明依据：哪份文件，或者是怎么误登记的"))
    if obstacle := erasure_obstacle(ids, reason, day=day):
        raise ErasureRefused(obstacle)
    try:
        with transaction.atomic():
            request = ErasureRequest.objects.create(
                person_id=ids[0], reason=reason, words=words.strip()[:200], asked_by_id=by.account_id, asked_at=at
            )
    except IntegrityError as error:
        raise ErasureRefused(_("已经有人申请注销这条记录，正等待复核")) from error
    _note("ask", request, by=by, at=at)
    return request


@transaction.atomic
def withdraw_erasure(request: ErasureRequest, *, by: Actor, at: datetime) -> None:
    """This operation will take one's own request back. Raises OutOfScope, ErasureRefused when it was decided."""
    if by.account_id != request.asked_by_id:
        raise OutOfScope("somebody else's request")
    _decide(request, ErasureState.WITHDRAWN, by=by, at=at)
    _note("withdraw", request, by=by, at=at)


@transaction.atomic
def refuse_erasure(request: ErasureRequest, *, by: Actor, at: datetime) -> None:
    """This operation will send a request back. Raises OutOfScope, ErasureRefused when it was decided."""
    _require_second(request, by)
    _decide(request, ErasureState.REFUSED, by=by, at=at)
    _note("refuse", request, by=by, at=at)


@transaction.atomic
def confirm_erasure(request: ErasureRequest, *, by: Actor, at: datetime, day: date) -> None:
    """This operation will erase, for good: numbers with their salt, name, facts, account, words in every room.

    Entries of the ledger, memberships, posts and figures stay, under a pseudonym. Raises OutOfScope for whoever asked
    or may not confirm, ErasureRefused when it was decided or the person belongs somewhere again.
    """
    _require_second(request, by)
    # Whoever joins or merges these records at the same time waits, or is waited for.
    ids = one_person(request.person_id)
    list(Person.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    ids = one_person(request.person_id)
    if not may_erase(by, request.person_id, Permission.ERASE):
        raise OutOfScope("a merged record lies elsewhere")
    if obstacle := erasure_obstacle(ids, request.reason, day=day):
        raise ErasureRefused(obstacle)
    _decide(request, ErasureState.DONE, by=by, at=at)
    hooks.erased.fire(ids, at)
    _erase_persons(ids)
    for account in Account.objects.filter(person__in=ids):
        _erase_account(account, day)
    place = place_of_persons(ids)
    acts = (audit.Act(pk, place, {"request": request.pk, "kind": request.reason}) for pk in ids)
    audit.record_all(acts, by=by, at=at, action="erase", subject="person")


def _require_second(request: ErasureRequest, by: Actor) -> None:
    if by.account_id is None or by.account_id == request.asked_by_id:
        raise OutOfScope("whoever asks doesn't confirm")
    if by.person_id is not None and by.person_id == request.asked_by.person_id:
        raise OutOfScope("the same human being")
    if not may_erase(by, request.person_id, Permission.ERASE):
        raise OutOfScope("erasure isn't confirmed here")


def _decide(request: ErasureRequest, state: str, *, by: Actor, at: datetime) -> None:
    waiting = ErasureRequest.objects.filter(pk=request.pk, state=ErasureState.ASKED)
    if not waiting.update(state=state, decided_by=by.account_id, decided_at=at):
        raise ErasureRefused(_("这份申请已由他人处理，请重新打开查看"))


def _note(action: str, request: ErasureRequest, *, by: Actor, at: datetime) -> None:
    place = place_of_persons(one_person(request.person_id))
    audit.record(
        by=by,
        at=at,
        action=action,
        subject="erasure",
        subject_id=request.pk,
        organisation_id=place,
        person=request.person_id,
    )


def _erase_persons(ids: Sequence[int]) -> None:
    Identity.objects.filter(person__in=ids).delete()
    for pk in ids:
        # Rank, posts and statuses stay: what somebody owed and earned follows from them.
        Person.objects.filter(pk=pk).update(
            name=pseudonym(pk),
            pinyin="",
            initials="",
            gender="",
            birth_date=None,
            ethnicity="",
            education="",
            occupation="",
            joined_party_on=None,
            full_member_on=None,
        )
    StatusPeriod.objects.filter(person__in=ids).exclude(reason="").update(reason=ERASED)
    StatusPeriod.objects.filter(person__in=ids).exclude(approved_by="").update(approved_by=ERASED)
    NotSamePerson.objects.filter(first__in=ids).update(reason=ERASED)
    NotSamePerson.objects.filter(second__in=ids).update(reason=ERASED)
    ErasureRequest.objects.filter(person__in=ids).update(words="")


def _erase_account(account: Account, day: date) -> None:
    """The account stays as who did what; it can't be signed in to, and says nobody's name."""
    AccessAttempt.objects.filter(username=account.login).delete()
    keys = list(SignedIn.objects.filter(account=account).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    for model in (SignedIn, SecondFactor, SpareCode, OneTimeCode, Token, ExternalLogin):
        model._default_manager.filter(account=account).delete()
    Grant.objects.filter(account=account, since__gte=day).delete()
    Grant.objects.on(day).filter(account=account).update(until=day)
    account.login, account.display_name = f"erased-{account.pk}", pseudonym(account.person_id or 0)
    account.is_active, account.demo_role, account.last_login = False, "", None
    account.set_unusable_password()
    account.save()

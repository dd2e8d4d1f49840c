"""The second step: added, used, removed. Codes of an app by RFC 6238, security keys by WebAuthn."""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyotp
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
)

from peixun.kernel.cells import clean_text
from peixun.people.models import Account, FactorKind, SecondFactor, SpareCode
from peixun.people.operations import audit
from peixun.people.queries.accounts import manages
from peixun.people.queries.factors import factors_of, needs_second_step, spare_digests
from peixun.people.queries.places import place_of_account
from peixun.people.queries.scope import Actor, OutOfScope
from peixun.people.sealed_box import lookup, new_boxes, open_box

STEP = 30
SPARE_CODES = 8
MOST_FACTORS = 5
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
_SEPARATORS = str.maketrans("", "", " -")


class FactorRefused(Exception):
    """A factor can't be added or removed like that. The text is for people."""


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """What a security key answered in the browser, with what it was asked."""

    server: Fido2Server
    state: Any
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Added:
    """A new factor, with spare codes when it is the first one; they can't be read again."""

    factor: SecondFactor
    spare_codes: Sequence[str]


def _typed(code: str) -> str:
    """A code as it was meant: Chinese keyboards write wide digits, people put spaces and lines between them."""
    return clean_text(code).translate(_SEPARATORS).lower()


def _step_of(secret: str, code: str, at: datetime) -> int | None:
    """The time step that a code belongs to: this one, or one beside it for clocks that are a little wrong."""
    totp = pyotp.TOTP(secret, interval=STEP)
    now = totp.timecode(at)
    # As bytes: texts are compared in steady time only where they are ASCII, and anything may be typed.
    typed = _typed(code).encode()
    found = [step for step in (now - 1, now, now + 1) if hmac.compare_digest(totp.generate_otp(step).encode(), typed)]
    return max(found, default=None)


@transaction.atomic
def add_app(account: Account, *, secret: str, code: str, label: str, by: Actor, at: datetime) -> Added:
    """This operation will add an authenticator app after one of its codes has proved that it works.

    Raises FactorRefused for a wrong code, OutOfScope for somebody else's account.
    """
    _own(account, by)
    step = _step_of(secret, code, at)
    if step is None:
        raise FactorRefused(_("动态码不对。请看应用里最新的 6 位数字；一直不对时，请核对手机的时间。"))
    box = next(new_boxes())
    factor = SecondFactor(
        account=account,
        kind=FactorKind.APP,
        label=label,
        salt=box.salt,
        key_number=box.key_number,
        secret=box.close(secret),
        counter=step,
        added_at=at,
    )
    return _add(factor, by=by, at=at)


@transaction.atomic
def add_key(account: Account, *, key: KeyAnswer, label: str, by: Actor, at: datetime) -> Added:
    """This operation will add a security key from what it answered in the browser.

    Raises FactorRefused for an answer that doesn't fit what was asked, OutOfScope for somebody else's account.
    """
    _own(account, by)
    try:
        made = key.server.register_complete(key.state, key.answer)
    except (ValueError, KeyError, TypeError) as error:
        raise FactorRefused(_("没有读到安全密钥的回答，请重新插入或靠近后再试一次。")) from error
    credential = made.credential_data
    if credential is None:
        raise FactorRefused(_("没有读到安全密钥的回答，请重新插入或靠近后再试一次。"))
    factor = SecondFactor(
        account=account,
        kind=FactorKind.KEY,
        label=label,
        credential=bytes(credential),
        counter=made.counter,
        added_at=at,
    )
    return _add(factor, by=by, at=at)


def _own(account: Account, by: Actor) -> None:
    if by.account_id != account.pk:
        raise OutOfScope("somebody else's account")


def _add(factor: SecondFactor, *, by: Actor, at: datetime) -> Added:
    Account.objects.select_for_update().get(pk=factor.account_id)
    known = SecondFactor.objects.filter(account=factor.account_id).count()
    if known >= MOST_FACTORS:
        raise FactorRefused(_("最多添加 %(most)s 个，请先移除不用的。") % {"most": MOST_FACTORS})
    factor.save()
    audit.record(
        by=by,
        at=at,
        action="add_factor",
        subject="account",
        subject_id=factor.account_id,
        organisation_id=place_of_account(factor.account_id),
        factor=str(factor.kind),
    )
    codes = renew_spare_codes(factor.account, by=by, at=at) if not known else []
    return Added(factor, codes)


@transaction.atomic
def renew_spare_codes(account: Account, *, by: Actor, at: datetime) -> list[str]:
    """This operation will make new spare codes; the old ones end. Nobody can read them again."""
    _own(account, by)
    SpareCode.objects.filter(account=account).delete()
    texts: set[str] = set()
    while len(texts) < SPARE_CODES:
        texts.add("".join(secrets.choice(_LETTERS) for _index in range(10)))
    SpareCode.objects.bulk_create(
        SpareCode(account=account, digest=spare_digests(account.pk, text)[0]) for text in sorted(texts)
    )
    audit.record(
        by=by,
        at=at,
        action="renew_spare_codes",
        subject="account",
        subject_id=account.pk,
        organisation_id=place_of_account(account.pk),
        count=len(texts),
    )
    return sorted(texts)


@transaction.atomic
def take_code(account: Account, code: str, *, at: datetime) -> bool:
    """This operation will take a code of an app, or a spare one; each is good once. False for any other text."""
    typed = _typed(code)[:20]
    for factor in SecondFactor.objects.filter(account=account, kind=FactorKind.APP):
        secret = open_box(bytes(factor.salt), factor.key_number).open(bytes(factor.secret))
        step = _step_of(secret, typed, at) if typed.isdecimal() else None
        later = SecondFactor.objects.filter(pk=factor.pk, counter__lt=step if step is not None else -1)
        if step is not None and later.update(counter=step, used_at=at):
            return True
    unused = SpareCode.objects.filter(account=account, used_at=None, digest__in=spare_digests(account.pk, typed))
    if not unused.update(used_at=at):
        return False
    own = Actor(account_id=account.pk, person_id=account.person_id, system_user="", grants=())
    audit.record(
        by=own,
        at=at,
        action="use_spare_code",
        subject="account",
        subject_id=account.pk,
        organisation_id=place_of_account(account.pk),
    )
    return True


@transaction.atomic
def take_key(account: Account, *, key: KeyAnswer, at: datetime) -> bool:
    """This operation will check a security key's answer. False for one that doesn't fit, or that came before."""
    rows = {row.pk: row for row in SecondFactor.objects.filter(account=account, kind=FactorKind.KEY)}
    credentials = {pk: AttestedCredentialData(bytes(row.credential)) for pk, row in rows.items()}
    try:
        used = key.server.authenticate_complete(key.state, list(credentials.values()), key.answer)
        counter = AuthenticationResponse.from_dict(key.answer).response.authenticator_data.counter
    except (ValueError, KeyError, TypeError):
        return False
    pk = next(pk for pk, known in credentials.items() if known.credential_id == used.credential_id)
    # A key without a counter says 0 each time; one that counts never goes back, unless it was copied.
    fresh = Q(counter__lt=counter) | Q(counter__lte=0) if counter == 0 else Q(counter__lt=counter)
    return bool(SecondFactor.objects.filter(fresh, pk=pk).update(counter=counter, used_at=at))


@transaction.atomic
def remove_factor(factor: SecondFactor, *, required: bool, by: Actor, at: datetime) -> None:
    """This operation will remove one of one's own factors; with the last one the spare codes end too.

    Raises FactorRefused when it is the last one and a second step is `required` of this account.
    """
    _own(factor.account, by)
    left = SecondFactor.objects.filter(account=factor.account_id).exclude(pk=factor.pk).exists()
    if not left and required and needs_second_step(by):
        raise FactorRefused(_("您的账号能看到多个乡镇的数据，必须保留一种第二步验证；请先添加新的，再移除这一个。"))
    factor.delete()
    if not left:
        SpareCode.objects.filter(account=factor.account_id).delete()
    audit.record(
        by=by,
        at=at,
        action="remove_factor",
        subject="account",
        subject_id=factor.account_id,
        organisation_id=place_of_account(factor.account_id),
    )


@transaction.atomic
def reset_factors(account: Account, *, by: Actor, at: datetime, day: date) -> None:
    """This operation will remove all factors of somebody who has lost them, for whoever manages their account.

    Raises OutOfScope for one's own account, or one that holds something elsewhere.
    """
    if not manages(by, account, day=day):
        raise OutOfScope("the account isn't within reach")
    count = len(factors_of(account.pk).rows)
    SecondFactor.objects.filter(account=account).delete()
    SpareCode.objects.filter(account=account).delete()
    audit.record(
        by=by,
        at=at,
        action="reset_factors",
        subject="account",
        subject_id=account.pk,
        organisation_id=place_of_account(account.pk),
        count=count,
    )


def key_server(host: str, origin: str) -> Fido2Server:
    """What speaks with security keys for this address; a key made for one host answers no other."""
    party = PublicKeyCredentialRpEntity(name="Peixun", id=host)
    return Fido2Server(party, verify_origin=lambda found: found == origin)


def begin_key(account: Account, server: Fido2Server) -> tuple[dict[str, Any], Any]:
    """What the browser asks a new key, and the state that its answer is checked with."""
    known = [AttestedCredentialData(bytes(row.credential)) for row in factors_of(account.pk).keys]
    user = PublicKeyCredentialUserEntity(
        id=lookup("webauthn", str(account.pk)), name=account.login, display_name=str(account)
    )
    options, state = server.register_begin(user, known)
    return dict(options), state


def ask_key(account: Account, server: Fido2Server) -> tuple[dict[str, Any], Any]:
    """What the browser asks the account's keys, and the state that the answer is checked with."""
    known = [AttestedCredentialData(bytes(row.credential)) for row in factors_of(account.pk).keys]
    options, state = server.authenticate_begin(known)
    return dict(options), state

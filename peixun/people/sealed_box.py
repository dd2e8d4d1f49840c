"""Encryption of personal numbers: one key a person, derived from a master key and the person's salt.

Destroying the salt destroys the person's key. Exact and last-four lookups go through a keyed hash, so that the
database alone tells nothing.
"""

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE = 12
LOOKUP_BYTES = 16
MOST_SHORT = 30000


class NumberUnreadable(Exception):
    """A stored number can't be decrypted with the keys at hand."""


@lru_cache(maxsize=4)
def _master_keys(keys: tuple[str, ...]) -> tuple[bytes, ...]:
    decoded = []
    for key in keys:
        try:
            raw = base64.urlsafe_b64decode(key)
        except (binascii.Error, ValueError) as error:
            raise ImproperlyConfigured("PEIXUN_DATA_KEYS: a key isn't base64") from error
        if len(raw) != 32:
            raise ImproperlyConfigured("PEIXUN_DATA_KEYS: each key is 32 bytes, base64")
        decoded.append(raw)
    return tuple(decoded)


@lru_cache(maxsize=8)
def key_number(master: bytes) -> int:
    """A short name of a master key, stored beside what it encrypted, so that keys can be rotated."""
    return int.from_bytes(hashlib.sha256(b"peixun-key-number" + master).digest()[:2], "big") >> 1


@dataclass(slots=True)
class PersonBox:
    """Encrypts and decrypts the numbers of one person."""

    salt: bytes
    key_number: int
    cipher: AESGCM

    def close(self, text: str) -> bytes:
        """The encrypted form: nonce and ciphertext."""
        nonce = os.urandom(NONCE)
        return nonce + self.cipher.encrypt(nonce, text.encode(), None)

    def close_all(self, texts: Sequence[str]) -> list[bytes | None]:
        """Each text encrypted, None for an empty one."""
        noise = os.urandom(NONCE * len(texts))
        encrypt = self.cipher.encrypt
        return [
            (nonce := noise[index * NONCE : index * NONCE + NONCE]) + encrypt(nonce, text.encode(), None)
            if text
            else None
            for index, text in enumerate(texts)
        ]

    def open(self, stored: bytes) -> str:
        """The plain text. Raises NumberUnreadable."""
        try:
            return self.cipher.decrypt(stored[:NONCE], stored[NONCE:], None).decode()
        except InvalidTag as error:
            raise NumberUnreadable("the stored number doesn't open with this key") from error


def _box(salt: bytes, master: bytes) -> PersonBox:
    key = _hmac(master, b"person" + salt)
    return PersonBox(salt=salt, key_number=key_number(master), cipher=AESGCM(key))


def new_boxes() -> Iterator[PersonBox]:
    """Boxes for new persons without end, under the newest master key."""
    master = _master_keys(tuple(settings.DATA_KEYS))[0]
    while True:
        yield _box(os.urandom(16), master)


def master_numbers() -> list[int]:
    """The short names of the configured master keys, newest first."""
    return [key_number(master) for master in _master_keys(tuple(settings.DATA_KEYS))]


def open_box(salt: bytes, number: int) -> PersonBox:
    """The box of a known person. Raises NumberUnreadable when its master key isn't configured."""
    for master in _master_keys(tuple(settings.DATA_KEYS)):
        if key_number(master) == number:
            return _box(bytes(salt), master)
    raise NumberUnreadable("no key in PEIXUN_DATA_KEYS opens this person's numbers")


class Lookups:
    """Keyed hashes of numbers, by which they are found and never read back. `kind` keeps different numbers apart."""

    def __init__(self, key: bytes) -> None:
        self._begun = hmac.new(key, digestmod="sha256")
        self._short: dict[str, bytes] = {}

    def exact(self, kind: str, text: str) -> bytes:
        """The hash of a whole number."""
        hasher = self._begun.copy()  # setting up the key costs more than hashing a number
        hasher.update(f"{kind}:{text}".encode())
        return hasher.digest()[:LOOKUP_BYTES]

    def last4(self, kind: str, number: str) -> bytes:
        """The hash of a number's last four digits: there are few, so each is worked out once."""
        text = f"{kind}:{number[-4:]}"
        found = self._short.get(text)
        if found is None:
            if len(self._short) > MOST_SHORT:
                self._short.clear()
            found = self._short[text] = self.exact(kind, number[-4:])
        return found


@lru_cache(maxsize=8)
def _lookups(key: str) -> Lookups:
    return Lookups(key.encode())


def lookups() -> Lookups:
    """The hashes under the key of this installation."""
    return _lookups(settings.LOOKUP_KEY)


def lookup(kind: str, text: str) -> bytes:
    """The keyed hash of one number, for exact lookup."""
    return lookups().exact(kind, text)


def digests(message: str) -> list[bytes]:
    """The keyed hashes, 32 bytes each, of a token or code: under the key of this installation, then under those of
    before. The first one is stored; any of them is taken."""
    keys = (settings.LOOKUP_KEY, *settings.OLD_LOOKUP_KEYS)
    return [_hmac(key.encode(), message.encode()) for key in keys]


@lru_cache(maxsize=8)
def _begun(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")


def _hmac(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256; setting up a key costs more than hashing a few bytes, so that is done once."""
    hasher = _begun(key).copy()
    hasher.update(message)
    return hasher.digest()

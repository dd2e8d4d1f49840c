"""Encryption of personal numbers: one key a person, derived from a master key and the person's salt.

Destroying the salt destroys the person's key. Exact and last-four lookups go through a keyed hash, so that the
database alone tells nothing.
"""

import base64
import binascii
import hashlib
import hmac
import os
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE = 12
LOOKUP_BYTES = 16


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


def key_number(master: bytes) -> int:
    """A short name of a master key, stored beside what it encrypted, so that keys can be rotated."""
    return int.from_bytes(hashlib.sha256(b"peixun-key-number" + master).digest()[:2], "big") >> 1


@dataclass(frozen=True, slots=True)
class PersonBox:
    """Encrypts and decrypts the numbers of one person."""

    salt: bytes
    key_number: int
    cipher: AESGCM

    def close(self, text: str) -> bytes:
        """The encrypted form: nonce and ciphertext."""
        nonce = os.urandom(NONCE)
        return nonce + self.cipher.encrypt(nonce, text.encode(), None)

    def open(self, stored: bytes) -> str:
        """The plain text. Raises NumberUnreadable."""
        try:
            return self.cipher.decrypt(stored[:NONCE], stored[NONCE:], None).decode()
        except InvalidTag as error:
            raise NumberUnreadable("the stored number doesn't open with this key") from error


def _box(salt: bytes, master: bytes) -> PersonBox:
    key = hmac.digest(master, b"person" + salt, "sha256")
    return PersonBox(salt=salt, key_number=key_number(master), cipher=AESGCM(key))


def new_box() -> PersonBox:
    """A box for a new person, under the newest master key."""
    return _box(os.urandom(16), _master_keys(tuple(settings.DATA_KEYS))[0])


def open_box(salt: bytes, number: int) -> PersonBox:
    """The box of a known person. Raises NumberUnreadable when its master key isn't configured."""
    for master in _master_keys(tuple(settings.DATA_KEYS)):
        if key_number(master) == number:
            return _box(bytes(salt), master)
    raise NumberUnreadable("no key in PEIXUN_DATA_KEYS opens this person's numbers")


def lookup(kind: str, text: str) -> bytes:
    """The keyed hash of a number, for exact lookup. `kind` keeps different numbers apart."""
    return hmac.digest(settings.LOOKUP_KEY.encode(), f"{kind}:{text}".encode(), "sha256")[:LOOKUP_BYTES]

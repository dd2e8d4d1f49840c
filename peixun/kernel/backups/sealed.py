"""A file in chunks, compressed, encrypted and authenticated (AES-256-GCM), written and read in one pass.

    magic · format (2 bytes) · name of the key (8) · salt (32) · chunks of at most 1 MiB, each with its tag

The nonce of a chunk is its number and whether it is the last one; the head is authenticated with every chunk. So a
chunk that was changed, left out, doubled, moved or cut off, and anything behind the last one, doesn't open.
"""

import os
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from peixun.kernel.backups.keys import NAME_BYTES, file_key, key_name
from peixun.kernel.backups.refusals import BackupRefused

MAGIC = b"PEIXUN-BACKUP\n"
FORMAT = 1
SALT = 32
HEAD = len(MAGIC) + 2 + NAME_BYTES + SALT
CHUNK = 1024 * 1024
TAG = 16
LEVEL = 3


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class SealedWriter:
    """Takes bytes and writes sealed chunks; nothing is whole before `close`."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        salt = os.urandom(SALT)
        self._file = file
        self._head = MAGIC + FORMAT.to_bytes(2, "big") + key_name(key) + salt
        self._cipher = AESGCM(file_key(key, salt))
        self._deflate = zlib.compressobj(LEVEL)
        self._kept = bytearray()
        self._number = 0
        file.write(self._head)

    def write(self, data: bytes) -> None:
        """Take more bytes."""
        self._kept += self._deflate.compress(data)
        while len(self._kept) > CHUNK:  # one byte at least stays for the last chunk
            self._seal(bytes(self._kept[:CHUNK]), last=False)
            del self._kept[:CHUNK]

    def close(self) -> None:
        """Write what is left, as the last chunk."""
        self._kept += self._deflate.flush()
        while len(self._kept) > CHUNK:
            self._seal(bytes(self._kept[:CHUNK]), last=False)
            del self._kept[:CHUNK]
        self._seal(bytes(self._kept), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), chunk, self._head))
        self._number += 1


class SealedReader:
    """Gives the bytes back. Raises BackupRefused for a foreign file, a wrong key, and anything that was changed."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        self._file = file
        head = file.read(HEAD)
        if not head.startswith(MAGIC):
            raise BackupRefused(_("这不是本系统的备份文件"))
        if len(head) < HEAD:
            raise damaged()
        rest = head[len(MAGIC) :]
        if int.from_bytes(rest[:2], "big") > FORMAT:
            raise BackupRefused(_("备份文件由更新的版本制作，请先升级本系统"))
        if rest[2 : 2 + NAME_BYTES] != key_name(key):
            raise BackupRefused(_("密钥不对：备份文件是用另一个 PEIXUN_BACKUP_KEY 制作的，或文件开头已损坏"))
        self._head = head
        self._cipher = AESGCM(file_key(key, rest[2 + NAME_BYTES :]))
        self._pieces = self._inflated()
        self._kept = b""
        self._at = 0

    def read(self, size: int) -> bytes:
        """Exactly so many bytes, or none at the end. Raises BackupRefused when some are missing."""
        parts: list[bytes] = []
        wanted = size
        while wanted:
            if self._at >= len(self._kept):
                self._kept, self._at = next(self._pieces, b""), 0
                if not self._kept:
                    break
            part = self._kept[self._at : self._at + wanted]
            self._at += len(part)
            wanted -= len(part)
            parts.append(part)
        if wanted and parts:
            raise damaged()
        return b"".join(parts)

    def _inflated(self) -> Iterator[bytes]:
        inflate = zlib.decompressobj()
        try:
            for chunk in self._chunks():
                left = chunk
                while left:
                    if piece := inflate.decompress(left, CHUNK):
                        yield piece
                    left = inflate.unconsumed_tail
            if piece := inflate.flush():
                yield piece
        except zlib.error as error:
            raise damaged() from error
        if not inflate.eof or inflate.unused_data:
            raise damaged()

    def _chunks(self) -> Iterator[bytes]:
        number = 0
        chunk = self._file.read(CHUNK + TAG)
        while True:
            after = self._file.read(CHUNK + TAG)
            try:
                yield self._cipher.decrypt(_nonce(number, last=not after), chunk, self._head)
            except InvalidTag as error:
                raise damaged() from error
            if not after:
                return
            chunk, number = after, number + 1


def damaged() -> BackupRefused:
    """The refusal of a file that isn't what was written."""
    return BackupRefused(_("备份文件已损坏：内容不完整，或被改动过"))

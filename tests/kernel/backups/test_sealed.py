"""The sealed file: what went in comes out, and nothing that was changed does."""

import io
import os

import pytest

from peixun.kernel.backups import sealed
from peixun.kernel.backups.refusals import BackupRefused
from peixun.kernel.backups.sealed import HEAD, MAGIC, TAG, SealedReader, SealedWriter

KEY = bytes(range(32))
DATA = os.urandom(500)  # doesn't compress, so it fills several chunks


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch):
    monkeypatch.setattr(sealed, "CHUNK", 100)


def close(data: bytes, key: bytes = KEY) -> bytes:
    """The sealed form."""
    file = io.BytesIO()
    writer = SealedWriter(file, key)
    for start in range(0, len(data), 70):
        writer.write(data[start : start + 70])
    writer.close()
    return file.getvalue()


def open_(written: bytes, key: bytes = KEY) -> bytes:
    """All of the plain form, read to its end."""
    reader = SealedReader(io.BytesIO(written), key)
    parts = []
    while part := reader.read(1):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("data", [b"", b"a", DATA, DATA[:89], b"\0" * 100_000], ids=len)
def test_what_went_in_comes_out(data):
    assert open_(close(data)) == data


def test_nothing_of_the_plain_form_shows():
    text = b"a name that must not show" * 40
    assert b"name that" not in close(text)
    assert close(text)[HEAD:] != close(text)[HEAD:]


def test_every_flipped_byte_is_noticed():
    whole = close(DATA)
    for at in range(len(whole)):
        changed = bytearray(whole)
        changed[at] ^= 1
        with pytest.raises(BackupRefused):
            open_(bytes(changed))


def test_every_truncation_is_noticed():
    whole = close(DATA)
    for length in range(len(whole)):
        with pytest.raises(BackupRefused):
            open_(whole[:length])


def test_chunks_left_out_moved_doubled_or_added_are_noticed():
    whole = close(DATA)
    size = 100 + TAG
    head, chunks = whole[:HEAD], [whole[at : at + size] for at in range(HEAD, len(whole), size)]
    assert len(chunks) > 3
    for wrong in (
        chunks[1:],
        chunks[:1] + chunks[2:],
        [chunks[1], chunks[0], *chunks[2:]],
        [chunks[0], *chunks],
        [*chunks, chunks[-1]],
        [*chunks, b"x"],
    ):
        with pytest.raises(BackupRefused):
            open_(head + b"".join(wrong))


def test_a_chunk_of_another_backup_under_the_same_key_is_noticed():
    one, other = close(DATA), close(DATA)
    with pytest.raises(BackupRefused, match="已损坏"):
        open_(one[:HEAD] + other[HEAD:])


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (b"", "不是本系统的备份"),
        (b"SQLite format 3\0" + bytes(200), "不是本系统的备份"),
        (MAGIC, "已损坏"),
        (MAGIC + b"\0\2" + bytes(300), "更新的版本"),
    ],
)
def test_foreign_and_newer_files_are_called_so(written, words):
    with pytest.raises(BackupRefused, match=words):
        open_(written)


def test_a_wrong_key_is_called_so():
    with pytest.raises(BackupRefused, match="密钥不对"):
        open_(close(DATA), bytes(32))

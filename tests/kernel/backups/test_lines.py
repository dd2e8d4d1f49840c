"""Rows as lines: every value comes back, and two databases' spellings of one row are the same row."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from peixun.kernel.backups.lines import Table, blocks, canonical, decode, encode, spelt_alike, whole_lines

TEXTS = st.text(st.characters(blacklist_categories=["Cs"]))


@given(st.lists(st.tuples(TEXTS | st.none(), st.binary() | st.none(), st.sampled_from([0, 1, None]))))
def test_values_come_back(rows):
    kinds = ("plain", "bytes", "bool")
    assert [tuple(row) for row in decode(blocks(encode(rows, kinds)), kinds)] == rows


def test_numbers_are_numbers_again_in_their_columns():
    rows = [(1, -5, "0012", 2.5, "2018-06-30 01:02:03.400000"), (2, 2**62, "\\N", 0.1, "2018-06-30 01:02:03")]
    kinds = ("plain", "plain", "plain", "plain", "instant")
    with sqlite3.connect(":memory:") as raw:
        raw.execute("CREATE TABLE t (id integer, n bigint, code varchar(9), r real, at datetime)")
        raw.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", decode(blocks(encode(rows, kinds)), kinds))
        assert raw.execute("SELECT * FROM t").fetchall() == rows
    raw.close()


def test_postgresql_reads_what_sqlite_gives():
    rows = [("a\tb\\c\nd", b"\x00\xff", 1, "2018-06-30 01:02:03", None)]
    assert list(encode(rows, ("plain", "bytes", "bool", "instant", "json"))) == [
        "a\\tb\\\\c\\nd\t\\\\x00ff\tt\t2018-06-30 01:02:03+00\t\\N\n"
    ]


def test_the_same_row_of_either_database_is_spelt_alike():
    sqlite = Table("t", (("data", "json"), ("at", "instant"), ("token", "plain")))
    postgresql = Table("t", (("data", "json"), ("at", "instant"), ("token", "uuid")))
    one = b'{"b":1,"\\\\u957f":"x"}\t2018-06-30 01:02:03.400000+00\tc0ffee00c0ffee00c0ffee00c0ffee00\n'
    other = '{"长": "x", "b": 1}\t2018-06-30 01:02:03.4+00\tc0ffee00-c0ff-ee00-c0ff-ee00c0ffee00\n'.encode()
    kinds = spelt_alike(sqlite, postgresql).kinds
    assert kinds == ("json", "instant", "uuid")
    assert canonical(one, kinds) == canonical(other, kinds)
    assert canonical(one.replace(b"1,", b"2,"), kinds) != canonical(other, kinds)


def test_blocks_end_with_a_line(monkeypatch):
    monkeypatch.setattr("peixun.kernel.backups.lines.BLOCK", 10)
    pieces = [b"abc\nde", b"f\nghijklmnop", b"q\n", b"r\n"]
    found = list(whole_lines(pieces))
    assert b"".join(found) == b"".join(pieces)
    assert all(block.endswith(b"\n") for block in found)

"""`peixun ledger`: export, verify, seal."""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest
from django.core.management import call_command

from peixun.ledger import exports
from peixun.ledger import operations as ledger
from peixun.ledger.models import CreditEntry
from peixun.people.commands import Refused
from tests.factories.world import NOW, SYSTEM, World, account, post
from tests.ledger.test_sealing import behind_the_back

DAY = date(2017, 5, 4)


def run(*arguments: str) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command("ledger", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def city(world: World) -> World:
    """Three credits of 2017, one of them reversed, and one of 2018."""
    entries = [post(world, world.persons[i], on=DAY, hours=2.25) for i in (0, 1, 30)]
    ledger.reverse(entries[1], reason="录错", by=SYSTEM, at=NOW)
    post(world, world.persons[0], on=date(2018, 1, 1), hours=1)
    return world


def test_parquet_holds_every_entry_of_the_year_in_row_groups(city, tmp_path, monkeypatch):
    monkeypatch.setattr(exports, "ROW_GROUP", 2)
    target = tmp_path / "台账.parquet"
    assert "4 条" in run("export", "--year", "2017", "--out", str(target))
    file = pq.ParquetFile(target)
    rows = file.read().to_pylist()
    assert file.num_row_groups == 2
    assert [row["hours"] for row in rows] == [Decimal("2.25"), Decimal("2.25"), Decimal("2.25"), Decimal("-2.25")]
    assert rows[3]["reverses"] == rows[1]["entry"]
    assert rows[0]["happened_on"] == DAY
    assert all(len(row["digest"]) == 64 for row in rows)


def test_csv_holds_the_same(city, tmp_path):
    target = tmp_path / "台账.csv"
    document = json.loads(run("export", "--year", "2017", "--out", str(target), "--format", "json"))
    assert document == {"year": 2017, "entries": 4, "file": str(target)}
    rows = list(csv.DictReader(io.StringIO(target.read_text("utf-8-sig"))))
    assert [row["hours"] for row in rows] == ["2.25", "2.25", "2.25", "-2.25"]


def test_an_export_stays_within_scope(city, tmp_path):
    account("county", role="office", organisation=city.organisation("C1"))
    target = tmp_path / "台账.parquet"
    run("export", "--year", "2017", "--out", str(target), "--as", "county")
    assert set(pq.read_table(target).column("person").to_pylist()) == set(city.persons[:2])


@pytest.mark.parametrize(
    "arguments",
    [
        ["export", "--year", "2017"],
        ["export", "--out", "x.csv"],
        ["export", "--year", "2017", "--out", "x.txt"],
        ["export", "--year", "2017", "--out", "/nowhere/x.csv"],
        ["export", "--year", "2017", "--out", "x.csv", "--as", "leader"],
        ["verify", "--as", "leader"],
        ["seal", "--as", "leader"],
    ],
)
def test_what_cannot_be_done_is_refused_in_a_line(city, arguments):
    account("leader", role="leader", organisation=city.root)
    with pytest.raises(Refused) as refusal:
        run(*arguments)
    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)


def test_verify_passes_a_ledger_that_is_whole(city):
    assert "封存了 5 条" in run("seal")
    document = json.loads(run("verify", "--format", "json"))
    assert (document["intact"], document["sealed"], document["unsealed"], document["faults"]) == (True, 5, 0, [])
    assert len(document["head"]) == 64
    assert "台账完好" in run("verify")


def test_verify_names_the_row_that_was_changed_behind_its_back(city):
    run("seal")
    changed = CreditEntry.objects.order_by("pk").values_list("pk", flat=True)[0]
    behind_the_back("UPDATE ledger_creditentry SET hours = 99 WHERE id = %s", changed)
    out = io.StringIO()
    with pytest.raises(SystemExit) as leaving:
        call_command("ledger", "verify", stdout=out)
    assert leaving.value.code == 1
    assert f"第 {changed} 号记录被改动" in out.getvalue()

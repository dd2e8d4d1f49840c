"""`peixun coverage` and `peixun gaps`."""

import csv
import io
import json

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from peixun.coverage.models import RollUp
from peixun.people.commands import Refused
from peixun.people.models import AuditEntry
from tests.factories.world import post


def run(*arguments: str) -> str:
    """What a command prints."""
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_json_has_the_shape_of_the_contract(city):
    document = json.loads(run("coverage", "--org", "R", "--year", "2017", "--format", "json"))
    assert document["organisation"] == {"code": "R", "name": "测试市委"}
    assert (document["year"], document["as_of"]) == (2017, "2017-12-31")
    assert document["members"] == {"due": 24, "covered": 21, "fulfilled": 1}
    assert document["hours"] == "102.00"
    assert document["audiences"][1] == {
        "key": "secretaries",
        "name": "支部书记",
        "due": 8,
        "covered": 7,
        "fulfilled": 1,
    }
    assert [child["code"] for child in document["children"]] == ["C1", "C2"]
    assert document["dimensions"]["tier"]["city_key"] == {"people": 10, "person_times": 10, "hours": "20.00"}


def test_an_audience_and_a_day_narrow_the_figures(city):
    arguments = ("coverage", "--org", "R", "--year", "2017", "--format", "json", "--audience", "secretaries")
    assert json.loads(run(*arguments))["members"]["due"] == 8
    early = json.loads(run(*arguments, "--as-of", "2017-01-31"))
    assert early["as_of"] == "2017-01-31"
    assert early["members"]["covered"] < 7


def test_the_table_lines_up_and_csv_reads_back(city):
    table = run("coverage", "--org", "R", "--year", "2017")
    assert "87.5%" in table
    rows = list(
        csv.DictReader(io.StringIO(run("coverage", "--org", "R", "--year", "2017", "--format", "csv").lstrip("\ufeff")))
    )
    assert (rows[0]["section"], rows[0]["due"], rows[0]["covered"]) == ("total", "24", "21")
    assert [row["code"] for row in rows if row["section"] == "child"] == ["C1", "C2"]


def test_stale_figures_and_years_not_kept_are_worked_out_first(city):
    RollUp.objects.filter(year=2017).delete()
    post(city, city.persons[-1], on=AuditEntry.objects.first().at.date().replace(year=2017), hours=1)
    document = json.loads(run("coverage", "--org", "R", "--year", "2017", "--format", "json"))
    assert document["members"]["covered"] == 22


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_gaps_lists_who_owes_what(city, tmp_path, suffix):
    target = tmp_path / f"欠学.{suffix}"
    assert "23 人" in run("gaps", "--org", "R", "--year", "2017", "--out", str(target))
    if suffix == "xlsx":
        rows = list(load_workbook(target).active.iter_rows(values_only=True))[2:]
        assert rows[-1][7] == 32.0
    else:
        rows = list(csv.reader(io.StringIO(target.read_text("utf-8-sig"))))[1:]
        assert rows[-1][7] == "32.00"
    assert len(rows) == 23
    assert city.person(0).name not in {row[0] for row in rows}
    assert AuditEntry.objects.filter(action="export", subject="gaps").count() == 1


def test_gaps_of_an_audience_as_an_account(city, tmp_path):
    target = tmp_path / "g.csv"
    arguments = ("--org", "C1", "--year", "2017", "--audience", "secretaries", "--as", "county", "--format", "json")
    document = json.loads(run("gaps", *arguments, "--out", str(target)))
    assert (document["people"], document["organisation"]["code"]) == (3, "C1")


@pytest.mark.parametrize(
    "arguments",
    [
        ("coverage", "--org", "nowhere", "--year", "2017"),
        ("coverage", "--org", "C2", "--year", "2017", "--as", "county"),
        ("coverage", "--org", "R", "--year", "2017", "--audience", "nobody"),
        ("coverage", "--org", "R", "--year", "2017", "--as-of", "2018-01-01"),
        ("coverage", "--org", "R", "--year", "2017", "--as-of", "May"),
        ("coverage", "--org", "R", "--year", "17"),
        ("coverage", "--org", "R"),
        ("coverage", "--org", "R", "--year", "2017", "--as", "ghost"),
        ("gaps", "--org", "R", "--year", "2017", "--out", "x.docx"),
        ("gaps", "--org", "R", "--year", "2017", "--out", "/nowhere/x.csv"),
        ("gaps", "--org", "R", "--year", "2017", "--out", "x.csv", "--as", "auditor"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a_line(city, arguments):
    with pytest.raises(Refused) as refusal:
        run(*arguments)
    assert refusal.value.returncode == 2
    assert "\n" not in str(refusal.value)

"""The drafted report: its text, its files, what it refuses."""

import json
import re
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils.translation import override
from docx import Document
from openpyxl import load_workbook

from peixun.coverage.operations import refresh
from peixun.kernel.papers.docx_writer import docx_bytes
from peixun.kernel.papers.model import Paragraph, Run, Table
from peixun.ledger import operations as ledger
from peixun.people.commands import Refused
from peixun.people.models import AuditEntry, Person
from peixun.people.queries.scope import OutOfScope, actor_of
from peixun.reports.operations import compose_work_report, draft_work_report
from peixun.reports.queries.figures import WORK_KEYS
from tests.factories.world import NOW, account, post
from tests.reports.conftest import hold

YEAR_END = date(2017, 12, 31)
SIGNED = date(2018, 6, 30)


def report(world, code="R", as_of=YEAR_END):
    """The report of an organisation."""
    return compose_work_report(world.organisation(code), year=as_of.year, as_of=as_of, signed_on=SIGNED)


def body(drafted) -> str:
    """The text of the body."""
    return "\n".join(b.lead + b.text if isinstance(b, Paragraph) else b.text for b in drafted.paper.body)


def runs(blocks):
    """All runs of some blocks."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from block.runs
        elif isinstance(block, Table):
            yield from (cell for row in block.rows for cell in row if isinstance(cell, Run))


@pytest.fixture
def told(city):
    """The year with something to say in every part of the report."""
    for day, person, more in [
        (date(2017, 4, 1), 12, {"kind": "online_lesson", "delivery": "online", "mode": "网络自学"}),
        (date(2017, 4, 2), 12, {"kind": "group_viewing", "title": "收看《先进人物》", "example": "positive"}),
        (date(2017, 4, 3), 12, {"kind": "field", "setting": "field", "place": "纪念馆", "strand": "practice"}),
        (date(2017, 4, 4), 13, {"title": "收看《警钟》", "example": "warning", "mode": "集中收看"}),
        (date(2017, 4, 5), 13, {"kind": "branch_study", "mode": "集中学习"}),
    ]:
        post(city, city.persons[person], on=day, hours=2, **more)
    hold(city, [0, 3], date(2017, 5, 9), topics=("lead-1",), organiser_id=city.organisations["C1"])
    refresh()
    return city


def test_the_account_s_four_combinations(told):
    drafted = report(told)
    text = body(drafted)
    assert drafted.paper.flat_title == "关于2017年党员教育培训工作的报告"
    assert [b.lead for b in drafted.paper.body if isinstance(b, Paragraph)][1:5] == [
        "坚持上下结合。", "坚持内外结合。", "坚持实虚结合。", "坚持正反结合。"
    ]  # fmt: skip
    assert "举办市级重点培训班2期，培训5人，对象为支部书记、第一书记，共2类。第一书记实现了重点培训全覆盖。" in text
    assert "在外地学院举办外出专题培训班1期" in text
    assert "围绕“三会一课”、谈心谈话2项制度作了专题辅导，对引领行动一作了重点解读" in text
    assert "举办书记培训班3期，培训基层党组织书记8人。" in text
    assert "依托纪念馆" in text
    assert "《先进人物》" in text
    assert "组织收看《警钟》等警示教育片" in text
    assert drafted.length.within


def test_problems_and_steps_come_in_pairs(told):
    drafted = report(told)
    parts = [b for b in drafted.paper.body if isinstance(b, Paragraph) and b.lead][4:]
    assert len(parts) % 2 == 0
    text = body(drafted)
    assert "还有22名应训党员干部没有学时记录，其中第2县委16人、第1县委6人。" in text
    assert "覆盖率偏低的有" in text
    assert "有1人在不同班次重复学习了同一主题，有1人被不同单位在相同日期调训" in text
    assert "1月、2月、8月、10月、12月没有培训记录，共5个月。" in text


def test_persons_are_never_named(told):
    text = json.dumps([r.text for r in runs(report(told).paper.body)], ensure_ascii=False)
    assert not [name for name in Person.objects.values_list("name", flat=True) if name in text]


@pytest.mark.parametrize("code", ["R", "C1", "C2", "T11", "T22", "T11a", "T21a"])
@pytest.mark.parametrize("as_of", [YEAR_END, date(2017, 3, 31), date(2018, 6, 30), date(2016, 12, 31)])
def test_no_sentence_without_records(told, code, as_of):
    drafted = report(told, code, as_of)
    text = body(drafted)
    assert not re.search(r"(?<![\d.])0(期|次|人|名|项|类|个)", text)
    assert not re.search(r"[，、]{2}|，。|。。|：。|对为|、。", text)
    assert drafted.length.within
    printed = {r.figure_key: r.text for r in runs(drafted.paper.body) if r.figure_key}
    assert printed.keys() <= {f.key for f in drafted.figures}


def test_every_number_that_was_counted_is_a_figure(told):
    drafted = report(told)
    plain = "".join(r.text for r in runs(drafted.paper.body) if not r.figure_key)
    allowed = re.sub(r"2017年(12月31日)?|\d+月|第\d县委|\d\d镇党委|\d\d[ab]村党支部", "", plain)
    assert not re.search(r"\d", allowed), allowed


def test_an_organisation_without_records(world):
    drafted = report(world, as_of=date(2016, 12, 31))
    text = body(drafted)
    assert "主要做法" not in text
    assert "尚没有学时记录" in text
    assert {f.value for f in drafted.figures if f.key in WORK_KEYS} == {0, 40}


def test_a_branch_and_a_year_under_way(told):
    drafted = report(told, "T11a", date(2018, 6, 30))
    assert drafted.paper.flat_title == "关于2018年1至6月党员教育培训工作的报告"
    assert "应训党员5人" in body(drafted)
    assert "党员干部" not in body(drafted)


def test_small_audiences_are_not_singled_out(told):
    assert "支部书记1人" not in body(report(told, "T21"))


def test_the_paper_is_chinese_in_every_language(told):
    with override("en"):
        english = report(told)
    assert docx_bytes(english.paper) == docx_bytes(report(told).paper)


def test_the_head_of_the_ledger_is_printed(told):
    ledger.seal(at=NOW)
    drafted = report(told)
    head = drafted.ledger.head
    assert head == ledger.verify().head
    cells = [cell for b in drafted.paper.appendices[1].blocks if isinstance(b, Table) for row in b.rows for cell in row]
    assert head in [cell.replace(" ", "") for cell in cells]
    assert str(drafted.ledger.sealed) in cells


def test_drafting_is_noted_and_needs_the_permission(told):
    office = actor_of(account("office", role="office", organisation=told.organisation("C1")), day=SIGNED)
    county = told.organisation("C1")
    draft_work_report(county, year=2017, as_of=YEAR_END, signed_on=SIGNED, by=office, at=NOW)
    [entry] = AuditEntry.objects.filter(subject="work_report")
    assert (entry.action, entry.organisation_id, entry.account_id) == ("draft", county.pk, office.account_id)
    with pytest.raises(OutOfScope):
        draft_work_report(told.root, year=2017, as_of=YEAR_END, signed_on=SIGNED, by=office, at=NOW)


def run(*arguments) -> str:
    """The output of the command."""
    out = StringIO()
    call_command("report", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_writes_the_paper_and_its_figures(told, tmp_path):
    paper, figures = tmp_path / "r.docx", tmp_path / "f.json"
    out = run("work", "--org", "R", "--year", 2017, "--out", paper, "--figures", figures)
    assert "未超过 5000 字的限制" in out
    assert "app_users" in out
    assert "films_broadcast" in out
    read = json.loads(figures.read_text(encoding="utf-8"))
    assert [f["key"] for f in read[: len(WORK_KEYS)]] == list(WORK_KEYS)
    text = "\n".join(p.text for p in Document(paper).paragraphs)
    for figure in read:
        if figure["key"] in {"secretary_people", "city_key_people", "offsite_classes", "trained_total"}:
            assert f"{figure['value']}" in text
    assert sum(len(table.rows) for table in Document(paper).tables) > 20


def test_the_command_prints_json(told):
    read = json.loads(run("work", "--org", "C1", "--year", 2017, "--format", "json"))
    assert read["organisation"] == {"code": "C1", "name": "第1县委"}
    assert {o["key"] for o in read["left_out"]} == {"app_users", "films_broadcast"}
    assert read["length"]["within"] is True
    assert {"key", "label", "value", "unit", "rule", "numerator", "denominator"} <= set(read["figures"][0])


@pytest.mark.parametrize(
    "arguments",
    [
        ("work", "--org", "X", "--year", 2017, "--out", "r.docx"),
        ("work", "--org", "R", "--year", 2017),
        ("table", "--org", "R", "--year", 2017),
        ("work", "--org", "R", "--year", 2017, "--as-of", "2018-01-01", "--out", "r.docx"),
        ("work", "--org", "R", "--year", 2017, "--as-of", "heute", "--out", "r.docx"),
        ("work", "--org", "R", "--year", 2017, "--out", "/nowhere/r.docx"),
        ("work", "--org", "R", "--year", 2017, "--out", "r.docx", "--as", "county"),
        ("work", "--org", "R", "--year", 0, "--out", "r.docx"),
    ],
)
def test_the_command_refuses(told, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    account("county", role="office", organisation=told.organisation("C1"))
    with pytest.raises(Refused):
        run(*arguments)
    assert not list(tmp_path.iterdir())


def test_the_table(told, tmp_path):
    file = tmp_path / "t.xlsx"
    run("table", "--org", "C1", "--year", 2017, "--out", file, "--levels", 1)
    book = load_workbook(file)
    units, audiences, notes = book.worksheets
    rows = list(units.iter_rows(min_row=2, values_only=True))
    assert rows[0][:4] == ("党组织", "应训（人）", "参训（人）", "未参训（人）")
    assert [row[0].strip("　") for row in rows[1:]] == ["第1县委", "11镇党委", "12镇党委"]
    assert rows[1][1:4] == (20, 14, 6)
    by_audience = {(row[0].strip("　"), row[1]): row[2:5] for row in audiences.iter_rows(min_row=3, values_only=True)}
    assert by_audience["第1县委", "支部书记"] == (4, 4, 0)
    assert "2017年12月31日" in units["A1"].value
    assert notes.max_row > 5
    assert AuditEntry.objects.filter(subject="statistical_table").count() == 1

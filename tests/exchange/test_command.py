"""`peixun import`, as the contract describes it."""

import json

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from peixun.catalog.models import RequirementPack
from peixun.people.commands import Refused
from peixun.people.models import Account, Audience, AuditEntry, Grant, Organisation, Person
from tests.factories.rosters import number, workbook
from tests.factories.world import FOUNDED
from tests.people.importing.test_members import HEAD, row

pytestmark = pytest.mark.django_db


def run(capsys, *arguments):
    """The exit status and what was printed."""
    status = 0
    try:
        call_command("import", *map(str, arguments))
    except SystemExit as left:
        status = left.code
    return status, capsys.readouterr().out


def test_the_json_has_the_shape_of_the_contract(world, tmp_path, capsys):
    path = workbook(tmp_path / "m.xlsx", HEAD, row(1), row(2, 公民身份号码="620402198005010011"))
    status, out = run(capsys, "members", path, "--format", "json")
    assert status == 1
    assert json.loads(out) == {
        "rows": 2,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "bad": 1,
        "errors": [
            {
                "row": 3,
                "column": "公民身份号码",
                "value": "6204**********0011",
                "reason": "公民身份号码的校验码不对，请逐位核对",
            }
        ],
        "missing": 5,
        "written": False,
    }
    assert not Person.objects.filter(name="王小1").exists()


def test_good_rows_of_a_bad_file_only_with_skip_bad(world, tmp_path, capsys):
    path = workbook(tmp_path / "m.xlsx", HEAD, row(1), row(2, 手机号码="1"))
    status, out = run(capsys, "members", path, "--skip-bad", "--errors", tmp_path / "bad.xlsx", "--format", "json")
    assert (status, json.loads(out)["written"]) == (1, True)
    assert Person.objects.filter(name="王小1").exists()
    sheet = load_workbook(tmp_path / "bad.xlsx").active
    assert [cell.value for cell in sheet[2]][1:3] == ["王小2", number(2)]
    entry = AuditEntry.objects.filter(action="import").get()
    assert (entry.subject, entry.detail["new"], entry.detail["bad"]) == ("members", 1, 1)
    assert entry.system_user


def test_a_dry_run_writes_nothing(world, tmp_path, capsys):
    path = workbook(tmp_path / "m.xlsx", HEAD, row(1))
    before = AuditEntry.objects.count()
    status, out = run(capsys, "members", path, "--dry-run", "--format", "json")
    assert (status, json.loads(out)["new"], json.loads(out)["written"]) == (0, 1, False)
    assert not Person.objects.filter(name="王小1").exists()
    assert AuditEntry.objects.count() == before


def test_text_says_what_would_happen(world, tmp_path, capsys):
    path = workbook(tmp_path / "m.xlsx", [*HEAD, "备注"], [*row(1), "x"], row(2, 性别="女"))
    status, out = run(capsys, "members", path)
    assert status == 1
    for words in ("共 2 行：新增 1", "没有读取的列：备注", "第 3 行 性别 女 性别与公民身份号码不一致", "没有写入"):
        assert words in out


def test_an_account_imports_within_its_scope(world, tmp_path, capsys):
    office = Account.objects.create_account(login="c1-office")
    Grant.objects.create(account=office, role="office", organisation=world.organisation("C1"), since=FOUNDED)
    secretary = Account.objects.create_account(login="t11a")
    Grant.objects.create(account=secretary, role="secretary", organisation=world.organisation("T11a"), since=FOUNDED)
    path = workbook(tmp_path / "m.xlsx", HEAD, row(1), row(2, 所在党支部="T21a"))
    status, out = run(capsys, "members", path, "--as", "c1-office", "--format", "json")
    assert status == 1
    assert [error["reason"] for error in json.loads(out)["errors"]] == ["不在您的管理范围内"]
    with pytest.raises(Refused, match="没有导入的权限"):
        call_command("import", "members", str(path), "--as", "t11a")
    with pytest.raises(Refused, match="没有账号“nobody”"):
        call_command("import", "members", str(path), "--as", "nobody")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "没有内容"),
        (b"%PDF-1.7 ...", "不是表格文件"),
        (b"PK\x03\x04" + b"\x00" * 200, "已损坏"),
        ("姓名,性别\n张三,男\n".encode(), "缺少列标题"),
        (b"<html><body>x</body></html>", "网页"),
    ],
)
def test_a_file_that_is_none_is_refused_and_nothing_is_written(world, tmp_path, content, words):
    path = tmp_path / "m.xlsx"
    path.write_bytes(content)
    before = Person.objects.count()
    with pytest.raises(Refused, match=words) as refused:
        call_command("import", "members", str(path))
    assert refused.value.returncode == 2
    assert Person.objects.count() == before


@pytest.mark.parametrize("key", ["organisations", "members", "posts", "credits"])
def test_each_kind_refuses_formulas_far_cells_and_missing_headings(world, tmp_path, key):
    from peixun.kernel import imports  # noqa: PLC0415

    names = list(imports.importer(key).headings.names)
    files = {
        "公式": workbook(tmp_path / "f.xlsx", names, ["=1+1", *["x"] * (len(names) - 1)]),
        "超出": _with_far_cell(tmp_path / "w.xlsx", names),
        "缺少列标题": workbook(tmp_path / "h.xlsx", names[1:], ["x"] * (len(names) - 1)),
    }
    for words, path in files.items():
        with pytest.raises(Refused, match=words):
            call_command("import", key, str(path))


def _with_far_cell(path, names):
    workbook(path, names, ["x"] * len(names))
    book = load_workbook(path)
    book.active["XFD1048576"] = "x"
    book.save(path)
    return path


def test_the_help_has_an_example(capsys):
    with pytest.raises(SystemExit):
        call_command("import", "--help")
    assert "peixun import members 党员名册.xlsx" in capsys.readouterr().out


def test_a_fresh_installation_is_filled_from_nothing(tmp_path, capsys):
    head = ["党组织名称", "党组织代码", "上级党组织代码", "组织类别"]
    rows = [["中共测试市委员会", "6204", "", "党委"], ["某村党支部", "T11a", "6204", "党支部"]]
    assert run(capsys, "organisations", workbook(tmp_path / "o.xlsx", head, *rows))[0] == 0
    assert run(capsys, "members", workbook(tmp_path / "m.xlsx", HEAD, row(1)))[0] == 0
    post = [number(1), "T11a", "书记", "2016-01-01", ""]
    head = ["公民身份号码", "党组织代码", "职务", "任职日期", "免职日期"]
    assert run(capsys, "posts", workbook(tmp_path / "p.xlsx", head, post))[0] == 0
    head = ["公民身份号码", "姓名", "活动名称", "日期", "学时", "活动类型", "主题", "层级", "组织单位代码", "凭证号"]
    credit = [number(1), "王小1", "党课", "2017-07-01", 2, "专题讲座", "党史", "基层", "T11a", "1"]
    assert run(capsys, "credits", workbook(tmp_path / "c.xlsx", head, credit))[0] == 0
    assert Organisation.objects.count() == 2
    assert RequirementPack.objects.filter(owner__code="6204").exists()
    assert Audience.objects.filter(key="grassroots_secretaries").exists()

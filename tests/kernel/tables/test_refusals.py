"""Hostile and broken files: a clear refusal within seconds, and this process alive."""

import random
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
import xlwt.CompoundDoc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peixun.kernel.tables import reader
from peixun.kernel.tables.limits import MEBIBYTE
from peixun.kernel.tables.refusals import MESSAGES, TableRefused
from tests.kernel.tables.files import HEAD, SHEET, lying, ods, part, refusal, repacked, rows_of, xls, xlsx

PERSON = ["张三", "620402199003071236"]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return xlsx(tmp_path / "good.xlsx", [HEAD, PERSON])


def code(path: Path, **limits: int) -> str:
    refused = refusal(path, **limits)
    assert refused is not None
    assert refused.reason
    assert "%" not in refused.reason
    return refused.code


@pytest.mark.parametrize("cell", ["XFD1048576", "GS1", "XFD1"])
def test_a_cell_far_away_is_named(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "far.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    sheet.write(cell, "x")
    book.close()
    refused = refusal(path)
    assert refused is not None
    assert refused.code == "far_column"
    assert cell in refused.reason


def test_a_far_cell_that_the_scan_cant_see_meets_the_memory_limit(tmp_path: Path, good: Path) -> None:
    far = b'<row r="1048576"><c t="inlineStr" r=\'XFD1048576\'><is><t>x</t></is></c></row></sheetData>'
    path = repacked(good, tmp_path / "far.xlsx", xl__worksheets__sheet1_xml=part(good).replace(b"</sheetData>", far))
    assert code(path) == "memory"


def test_a_far_row_meets_the_limits(tmp_path: Path, good: Path) -> None:
    far = b'<row r="1048576"><c r="CV1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    path = repacked(good, tmp_path / "far.xlsx", xl__worksheets__sheet1_xml=part(good).replace(b"</sheetData>", far))
    assert code(path) in {"memory", "too_many_cells"}


def test_empty_styled_cells_far_away_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "styled.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEAD)
    sheet.write_row(1, 0, PERSON)
    sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    book.close()
    assert len(rows_of(path)) == 1


def test_too_many_cells(tmp_path: Path) -> None:
    assert code(xlsx(tmp_path / "a.xlsx", [HEAD, *[PERSON] * 20]), cells=30) == "too_many_cells"


def test_too_many_cells_of_csv(tmp_path: Path) -> None:
    (path := tmp_path / "a.csv").write_text("姓名,公民身份号码\n" + "a,b\n" * 20, encoding="utf-8")
    assert code(path, cells=30) == "too_many_cells"


@pytest.mark.parametrize("place", ["heading", "row"])
def test_csv_with_a_million_columns(tmp_path: Path, place: str) -> None:
    wide = "," * 1_000_000 + "x"
    text = f"姓名,公民身份号码{wide}\n张三,1" if place == "heading" else f"姓名,公民身份号码\n张三,1{wide}"
    (path := tmp_path / "a.csv").write_text(text, encoding="utf-8")
    assert code(path) == "far_row"


def test_formulas_are_refused_and_the_first_is_named(tmp_path: Path) -> None:
    refused = refusal(xlsx(tmp_path / "a.xlsx", [HEAD, PERSON, ["李四", "=1+1"], ["=2", "=3"]]))
    assert refused is not None
    assert refused.code == "formula"
    assert " B3 " in refused.reason


def test_formulas_in_open_documents_are_named(tmp_path: Path) -> None:
    refused = refusal(ods(tmp_path / "a.ods", [HEAD, PERSON, PERSON], formula_at=(2, 1)))
    assert refused is not None
    assert refused.code == "formula"
    assert " B3 " in refused.reason


def test_formulas_with_a_prefix_and_in_an_unusual_part(tmp_path: Path, good: Path) -> None:
    sheet = part(good).replace(b"</sheetData>", b'<row r="3"><c r="A3"><x:f>1+1</x:f><v>2</v></c></row></sheetData>')
    rels = part(good, "xl/_rels/workbook.xml.rels").replace(b"worksheets/sheet1.xml", b"odd/place.xml")
    types = part(good, "[Content_Types].xml").replace(b"worksheets/sheet1.xml", b"odd/place.xml")
    changed: dict[str, bytes | None] = {
        "xl___rels__workbook_xml_rels": rels,
        "[Content_Types]_xml": types,
        "xl__worksheets__sheet1_xml": None,
        "xl__odd__place.xml": sheet,
    }
    assert code(repacked(good, tmp_path / "odd.xlsx", **changed)) == "formula"


def test_a_formula_across_the_border_of_two_blocks(tmp_path: Path, good: Path) -> None:
    sheet = part(good)
    for shift in (0, 1, 2, 3, 5, 40, 100):
        filler = b"<!--" + b"x" * (MEBIBYTE - sheet.index(b"</sheetData>") - 20 - shift) + b"-->"
        cell = filler + b'<row r="3"><c r="A3"><f>1+1</f><v>2</v></c></row></sheetData>'
        path = repacked(good, tmp_path / "odd.xlsx", xl__worksheets__sheet1_xml=sheet.replace(b"</sheetData>", cell))
        assert code(path) == "formula"


def test_a_zip_bomb_by_ratio(tmp_path: Path, good: Path) -> None:
    bomb = part(good).replace(b"</sheetData>", b" " * 40 * MEBIBYTE + b"</sheetData>")
    assert code(repacked(good, tmp_path / "bomb.xlsx", xl__worksheets__sheet1_xml=bomb)) == "bomb"


def test_a_zip_bomb_by_size(good: Path) -> None:
    assert code(good, unpacked_bytes=1000) == "bomb"


def test_a_zip_bomb_that_declares_little(tmp_path: Path, good: Path) -> None:
    bomb = part(good).replace(b"</sheetData>", b" " * 40 * MEBIBYTE + b"</sheetData>")
    path = repacked(good, tmp_path / "bomb.xlsx", xl__worksheets__sheet1_xml=bomb)
    assert code(lying(path, SHEET, 2_000)) == "bomb"


def test_a_zip_that_declares_terabytes(good: Path) -> None:
    assert code(lying(good, SHEET, 0xFFFFFFF0)) == "bomb"


def test_two_parts_of_one_name(tmp_path: Path, good: Path) -> None:
    path = repacked(good, tmp_path / "twice.xlsx", **{"XL__worksheets__SHEET1.xml": part(good)})
    assert code(path) == "bomb"


def test_thousands_of_parts(tmp_path: Path, good: Path) -> None:
    with zipfile.ZipFile(good, "a") as opened:
        for number in range(5_001):
            opened.writestr(f"xl/media/{number}", b"")
    assert code(good) == "bomb"


@pytest.mark.parametrize("name", ["xl__worksheets__sheet1_xml", "xl__sharedStrings_xml", "xl__workbook_xml"])
def test_document_types_and_entities(tmp_path: Path, good: Path, name: str) -> None:
    declared = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    original = part(good, name.replace("__", "/").replace("_xml", ".xml"))
    changed = original.replace(b"?>", b"?>" + declared, 1)
    assert code(repacked(good, tmp_path / "dtd.xlsx", **{name: changed})) == "entities"


def test_a_part_in_utf_16_cant_hide_anything(tmp_path: Path, good: Path) -> None:
    changed = part(good).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert code(repacked(good, tmp_path / "a.xlsx", xl__worksheets__sheet1_xml=changed)) == "broken"


def test_an_encrypted_workbook(tmp_path: Path) -> None:
    # What Excel makes of a workbook with a password: a compound file with the stream EncryptedPackage.
    stream = xlwt.CompoundDoc.XlsDoc()
    stream.save(str(tmp_path / "a.xls"), b"x" * 5_000)
    data = (tmp_path / "a.xls").read_bytes()
    name = "Workbook".ljust(16, "\0").encode("utf-16-le")
    at = data.index("Workbook".encode("utf-16-le"))
    renamed = data[:at] + "EncryptedPackage".encode("utf-16-le") + data[at + len(name) :]
    length = (len("EncryptedPackage") * 2 + 2).to_bytes(2, "little")
    (path := tmp_path / "a.xlsx").write_bytes(renamed[: at + 64] + length + renamed[at + 66 :])
    assert code(path) == "encrypted"


def test_an_encrypted_zip(good: Path) -> None:
    data = bytearray(good.read_bytes())
    position = data.find(b"PK\x01\x02")
    data[position + 8] |= 1
    good.write_bytes(data)
    assert code(good) == "encrypted"


def test_an_encrypted_open_document(tmp_path: Path) -> None:
    path = ods(tmp_path / "a.ods", [HEAD, PERSON])
    manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    assert code(repacked(path, tmp_path / "b.ods", **{"META-INF__manifest_xml": manifest})) == "encrypted"


def test_other_kinds_of_files(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    for start, expected in [
        (b"%PDF-1.7\n", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n", "not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "broken"),
        (b"\x7fELF\x02\x01\x01\x00\x00\x00", "not_a_table"),
        (b"<html><table><tr><td>", "web_page"),
        (b"\xff\xfe\xff", "encoding"),
    ]:
        path.write_bytes(start + bytes(range(128, 256)) if start[-1:] == b"\x00" else start)
        assert code(path) == expected


def test_a_zip_of_something_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as opened:
        opened.writestr("word/document.xml", "<w/>")
    assert code(tmp_path / "a.xlsx") == "not_a_table"
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as opened:
        opened.writestr("xl/workbook.bin", "")
    assert code(tmp_path / "a.xlsx") == "binary_workbook"


def test_wrong_encoding(tmp_path: Path) -> None:
    (path := tmp_path / "a.csv").write_bytes("姓名,公民身份号码\n".encode() + b"\xff\xff\xff,1\n")
    assert code(path) == "encoding"


def test_quotes_that_never_end(tmp_path: Path) -> None:
    (path := tmp_path / "a.csv").write_text('姓名,公民身份号码\n"张三,1\n' + "x,y\n" * 20_000, encoding="utf-8")
    assert code(path) == "quotes"


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf"])
def test_empty_files(tmp_path: Path, content: bytes) -> None:
    (path := tmp_path / "a.csv").write_bytes(content)
    assert code(path) == "empty"


def test_an_empty_workbook(tmp_path: Path) -> None:
    assert code(xlsx(tmp_path / "a.xlsx", [])) == "empty"


def test_no_file(tmp_path: Path) -> None:
    assert code(tmp_path / "nothing.xlsx") == "unreadable"


def test_a_file_that_is_too_large(good: Path) -> None:
    assert code(good, file_bytes=100) == "too_large"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_truncated_files(tmp_path: Path, kind: str, share: float) -> None:
    make = {"xlsx": lambda path, rows: xlsx(path, rows), "xls": xls, "ods": ods}[kind]
    path = make(tmp_path / f"a.{kind}", [HEAD, *[PERSON] * 300])
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    if kind == "xls":  # it has no sum to check: what is left may be whole
        assert refusal(path) is None or code(path) in MESSAGES
    else:
        assert code(path) == "broken"


def test_random_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a"
    source = random.Random(6204)
    for start in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        path.write_bytes(start + source.randbytes(5_000))
        assert code(path) in {"broken", "not_a_table", "encoding"}


@given(
    position=st.floats(0, 1, exclude_max=True), value=st.integers(0, 255), kind=st.sampled_from(["xlsx", "xls", "ods"])
)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_gives_rows_or_a_refusal(tmp_path: Path, position: float, value: int, kind: str) -> None:
    original = tmp_path / f"original.{kind}"
    if not original.exists():
        {"xlsx": xlsx, "xls": xls, "ods": ods}[kind](original, [HEAD, *[PERSON] * 3])
    data = bytearray(original.read_bytes())
    data[int(position * len(data))] = value
    (changed := tmp_path / f"changed.{kind}").write_bytes(data)
    refused = refusal(changed)
    assert refused is None or refused.code in MESSAGES


def test_the_memory_limit(tmp_path: Path) -> None:
    (path := tmp_path / "a.csv").write_bytes("姓名,公民身份号码\n".encode() + b"x,y\n" * 5_000_000)
    assert code(path, memory_bytes=64 * MEBIBYTE) == "memory"


def _impostor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    (program := tmp_path / "impostor").write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(reader.sys, "executable", str(program))


def test_a_child_that_hangs_is_ended(tmp_path: Path, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _impostor(tmp_path, monkeypatch, "exec sleep 60")
    assert code(good, seconds=1) == "time"


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("kill -ABRT $$", "memory"),
        ("kill -KILL $$", "memory"),
        ("kill -XCPU $$", "time"),
        ("kill -SEGV $$", "broken"),
        ("exit 86", "memory"),
        ("exit 0", "broken"),
        (r"printf '\377\377\377\377'", "broken"),
        (r"printf '\002\000\000\000{['", "broken"),
        (r"printf '\002\000\000\000[]'", "broken"),
        (r"printf '\001\000\000\0007'", "broken"),
        (r"""printf '\022\000\000\000{"refused":"nope"}'""", "broken"),
    ],
)
def test_whatever_the_child_does(
    tmp_path: Path, good: Path, monkeypatch: pytest.MonkeyPatch, script: str, expected: str
) -> None:
    _impostor(tmp_path, monkeypatch, script)
    assert code(good) == expected


def test_the_child_gets_no_secrets(tmp_path: Path, good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEIXUN_DATA_KEYS", "secret")
    _impostor(tmp_path, monkeypatch, f"env > {tmp_path}/seen")
    assert code(good) == "broken"
    assert "secret" not in (tmp_path / "seen").read_text()


def test_a_file_that_breaks_off_while_rows_are_read(tmp_path: Path) -> None:
    text = "姓名,公民身份号码\n" + "张三,1\n" * 5_000 + '"' + "x" * 40_000 + '",2\n'
    (path := tmp_path / "a.csv").write_text(text, encoding="utf-8")
    with reader.read_table(path, headings=reader.HeadingSet(required=tuple(HEAD))) as table:
        assert next(table.rows).number == 2
        with pytest.raises(TableRefused) as caught:
            list(table.rows)
    assert caught.value.code == "quotes"


def test_formulas_in_old_workbooks(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for column, name in enumerate(HEAD):
        sheet.write(0, column, name)
    sheet.write(1, 0, "张三")
    sheet.write(1, 1, xlwt.Formula("1+1"))
    book.save(str(tmp_path / "a.xls"))
    refused = refusal(tmp_path / "a.xls")
    assert refused is not None
    assert refused.code == "formula"
    assert " B2 " in refused.reason


def test_open_documents_that_repeat_a_filled_cell_without_end(tmp_path: Path) -> None:
    filled = b'<table:table-cell office:value-type="string" table:number-columns-repeated="%d"><text:p>x</text:p>'
    row = b'<table:table-row table:number-rows-repeated="1048000">' + filled + b"</table:table-cell></table:table-row>"
    original = ods(tmp_path / "a.ods", [HEAD, PERSON])
    for columns, expected in [
        (16_384, {"memory", "far_column", "broken"}),
        (60, {"memory", "too_many_cells", "broken"}),
    ]:
        content = part(original, "content.xml").replace(b"</table:table>", row % columns + b"</table:table>")
        path = repacked(original, tmp_path / "b.ods", content_xml=content)
        assert code(path, memory_bytes=256 * MEBIBYTE) in expected

"""The appendix of an issued report: which version it is, and how it differs from the one before."""

from collections.abc import Mapping
from typing import Any

from peixun.kernel.papers.model import Appendix, Block, Heading, Table, paragraph
from peixun.people.words import action_words

PRINTED = 100
"""So many entries are printed; all of them can be opened in the system."""


def version_appendix(number: int, note: str, differences: Mapping[str, Any]) -> Appendix:
    """第2版 and its 与第1版的差异: figures, entries without names, other acts."""
    told: list[Block] = [paragraph(f"本报告为第{number}版。{f'出具说明：{note}。' if note else ''}")]
    if not differences:
        return Appendix("版本说明", told)
    against = differences["against"]
    told += [Heading(1, f"与第{against}版的差异"), _figures(differences, against)]
    if differences.get("people"):
        told += [Heading(1, "应训和参训人数变动的原因"), _people(differences["people"])]
    if differences["entries"]:
        total, shown = differences["entries_total"], differences["entries"][:PRINTED]
        cut = f"，下表列前{PRINTED}条" if total > PRINTED else ""
        told += [
            Heading(1, "差异所依据的学时记录"),
            paragraph(f"第{against}版封存以后新登记或者冲销、涉及上述数据的学时记录共{total}条{cut}。"),
            Table(
                ["凭证号", "活动", "日期", "学时", "变动"],
                [[f"第{row['entry']}号", row["activity"], row["day"], row["hours"], change(row)] for row in shown],
            ),
        ]
    if differences["acts"]:
        told += [
            Heading(1, "人员变动等其他变动"),
            paragraph("同一时期本组织范围内以及成批登记未分单位的人员、组织和规则变动如下，也可能影响上述数据。"),
            Table(
                ["变动", "项数"],
                [[action_words(row["action"], row["subject"]), str(row["count"])] for row in differences["acts"]],
            ),
        ]
    return Appendix(f"与第{against}版的差异", told, landscape=True)


def change(row: Mapping[str, Any]) -> str:
    """What happened to an entry."""
    return "冲销" if row["reversed"] else "新登记"


def _figures(differences: Mapping[str, Any], against: int) -> Table:
    rows = [
        [
            figure["label"],
            figure["unit"],
            figure["before"] if figure["before"] is not None else "未列",
            figure["after"] if figure["after"] is not None else "不再统计",
            str(figure["entries"]),
        ]
        for figure in differences["figures"]
    ]
    return Table(["数据项", "单位", f"第{against}版", "本版", "依据记录变动（条）"], rows)


def _people(moved: Mapping[str, int]) -> Table:
    left = f"人员：离开应训范围（其中记录合并{moved['merged']}人）" if moved["merged"] else "人员：离开应训范围"
    rows = [
        ["学时记录：新计入", "0", f"+{moved['newly']}"],
        ["学时记录：不再计入", "0", f"−{moved['no_longer']}"],
        ["人员：新进入应训范围", f"+{moved['arrived']}", f"+{moved['arrived_trained']}"],
        [left, f"−{moved['left']}", f"−{moved['left_trained']}"],
    ]
    return Table(["原因", "应训（人）", "参训（人）"], rows)

"""Why a file is refused, in words that say what happened and what to do."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

MESSAGES = {
    "unreadable": gettext_noop("打不开这个文件。请重新上传。"),
    "empty": gettext_noop("文件里没有内容。请检查是否选对了文件。"),
    "too_large": gettext_noop("文件超过 %(megabytes)s MB。请删去图片和无关的工作表，或者分成几个文件。"),
    "not_a_table": gettext_noop("这不是表格文件。请用 Excel 或 WPS 另存为“.xlsx”后再上传。"),
    "web_page": gettext_noop("这个文件其实是网页或 XML，不是工作簿。请用 Excel 或 WPS 打开它，另存为“.xlsx”后再上传。"),
    "binary_workbook": gettext_noop("不支持“.xlsb”格式。请用 Excel 或 WPS 另存为“.xlsx”后再上传。"),
    "encrypted": gettext_noop("工作簿设了打开密码。请取消密码，保存后再上传。"),
    "bomb": gettext_noop("文件解压后的内容异常地大，不像正常的表格，没有读取。请新建一个工作簿，把数据粘贴过去。"),
    "broken": gettext_noop("文件已损坏或者没有传完整。请用 Excel 或 WPS 打开后重新保存，再上传一次。"),
    "entities": gettext_noop(
        "文件里有不允许的 XML 定义（DTD），没有读取。请用 Excel 或 WPS 打开后另存为“.xlsx”再上传。"
    ),
    "formula": gettext_noop(
        "工作表“%(sheet)s”的单元格 %(cell)s 里是公式，不是数值。请全选后复制，用“选择性粘贴 → 数值”粘贴，再保存上传。"
    ),
    "far_column": gettext_noop(
        "单元格 %(cell)s 里有内容，超出了最多 %(columns)s 列的范围。请删除右边多余的列，保存后再上传。"
    ),
    "far_row": gettext_noop("第 %(row)s 行超过了 %(columns)s 列。请检查分隔符，删除多余的列后再上传。"),
    "too_many_cells": gettext_noop("表格超过 %(cells)s 个单元格。请删除多余的行和列，或者分成几个文件。"),
    "headings_none": gettext_noop(
        "前 20 行里没有找到标题行。需要的列标题：%(missing)s。请用系统提供的模板，或者改好标题再上传。"
    ),
    "headings_missing": gettext_noop("缺少列标题：%(missing)s（最像标题行的是第 %(row)s 行）。请补上这些列再上传。"),
    "heading_twice": gettext_noop("第 %(row)s 行里列标题“%(heading)s”出现了两次。请只保留一列。"),
    "encoding": gettext_noop("看不懂这个文本文件的编码。请另存为“CSV UTF-8”或“.xlsx”后再上传。"),
    "quotes": gettext_noop("第 %(line)s 行附近的引号不配对，或者单元格太长。请改正，或者另存为“.xlsx”后再上传。"),
    "memory": gettext_noop(
        "表格占用的内存太大，多半是在很远的行或列里有内容。请删除数据区以外的行和列，保存后再上传。"
    ),
    "time": gettext_noop("读取这个文件用的时间太长，已经停止。请删去无关的内容，或者分成几个文件。"),
}


class TableRefused(Exception):
    """The file can't be read as a table: `reason` is for people, `code` stays the same for machines."""

    def __init__(self, code: str, facts: Mapping[str, Any] | None = None) -> None:
        """`facts` fill the message of the code: the cell, the row, the headings."""
        known = code if code in MESSAGES else "broken"
        self.code = known
        self.reason = _(MESSAGES[known]) % _readable(facts or {})
        super().__init__(self.reason)


class _Facts(dict[str, str]):
    """Facts come from the child process: one that is missing must not break the message."""

    def __missing__(self, key: str) -> str:
        return "?"


def _readable(facts: Mapping[str, Any]) -> _Facts:
    return _Facts(
        {
            key: "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            for key, value in facts.items()
        }
    )

"""The style guide: every part of the design system on one page, with invented numbers; shown in debug only."""

import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

WORDS = {"due": "应训", "covered": "已训", "fulfilled": "达标"}
MONTHS = [f"{month}月" for month in range(1, 13)]


class _Filters(forms.Form):
    q = forms.CharField(label="姓名、拼音或末四位", required=False, widget=forms.TextInput({"type": "search"}))
    year = forms.ChoiceField(label="年度", choices=[("2018", "2018年"), ("2017", "2017年")])
    audience = forms.ChoiceField(
        label="培训对象", choices=[("", "全部党员"), ("secretary", "基层党组织书记")], required=False
    )


class _Reversal(forms.Form):
    title = forms.CharField(label="活动名称", help_text="与通知上的名称一致。")
    held_on = forms.DateField(
        label="日期", widget=forms.DateInput({"type": "date"}), error_messages={"required": "请填写日期。"}
    )
    kind = forms.ChoiceField(
        label="活动类型", widget=forms.RadioSelect, choices=[("class", "脱产班次"), ("branch", "支部学习")]
    )
    roster = forms.FileField(label="名册文件", required=False, help_text="xlsx、xls、ods 或 csv，64 MB 以内。")
    sure = forms.BooleanField(label="我已核对人数")


def _audiences() -> list[dict[str, Any]]:
    rows = [
        ("党员", 98012, 96204, 82330),
        ("基层党组织书记", 4256, 4256, 4190),
        ("党组织班子成员（委员）", 12877, 11020, 9014),
        ("乡镇党委书记", 69, 69, 69),
        ("街道社区党组织书记", 167, 167, 160),
        ("市直机关党组织书记", 95, 95, 95),
        ("非公企业党组织书记", 212, 74, 41),
        ("社会组织党组织书记", 131, 50, 22),
    ]
    return [{"name": n, "due": d, "covered": c, "fulfilled": f, "url": "#table"} for n, d, c, f in rows]


def _organisations() -> list[dict[str, Any]]:
    names = ["甘州区", "山丹县", "民乐县", "临泽县", "高台县", "市直机关工委"]
    paces = [8.6, 7.1, 8.2, 5.4, 8.9, 9.1]
    return [
        {
            "name": name,
            "url": "#table",
            "values": [round(min(100.0, pace * (month + 1) * 1.9), 1) if month < 6 else None for month in range(12)],
        }
        for name, pace in zip(names, paces, strict=True)
    ]


def _trend() -> dict[str, Any]:
    covered = [6100, 15800, 31900, 52440, 70310, 81190]
    fulfilled = [0, 240, 3900, 14020, 30410, 44870]
    return {
        "words": WORDS,
        "unit": "人",
        "months": MONTHS,
        "due": [97800 + 30 * month for month in range(6)] + [None] * 6,
        "covered": [*covered, *[None] * 6],
        "fulfilled": [*fulfilled, *[None] * 6],
    }


def _context() -> dict[str, Any]:
    trend, rows = _trend(), _audiences()
    bound = _Reversal({"title": "党的十九大精神专题轮训", "kind": "class"})
    return {
        "path": [{"name": "全市", "url": "#"}, {"name": "甘州区", "url": "#"}, {"name": "长安镇"}],
        "colours": [
            ("brand", "标识、主操作、当前位置"),
            ("gold", "细线"),
            ("done", "已达标"),
            ("soon", "临近期限"),
            ("missing", "未参训"),
            ("not-due", "不作要求"),
        ],
        "rows": rows,
        "filters": _Filters({"year": "2018"}),
        "chosen": [
            {"label": "培训对象：基层党组织书记", "remove_url": "#"},
            {"label": "只看未参训", "remove_url": "#"},
        ],
        "form": bound,
        "steps": [
            {"title": "选择文件", "state": "done", "url": "#steps"},
            {"title": "核对将要发生的变化", "state": "current"},
            {"title": "写入", "state": "todo"},
        ],
        "trend": trend,
        "trend_rows": list(zip(MONTHS, trend["due"], trend["covered"], trend["fulfilled"], strict=True))[:6],
        "bars": {"words": WORDS, "unit": "人", "rows": rows},
        "heat": {"months": MONTHS, "rows": _organisations(), "measure": "覆盖率"},
        "history": [
            {"on": datetime.date(2018, 5, 18), "title": "村党组织书记轮训班", "text": "16 学时", "state": "done"},
            {"on": datetime.date(2018, 3, 2), "title": "集中收看：远程教育", "text": "1 学时", "state": "done"},
            {"on": datetime.date(2018, 2, 9), "title": "支部学习", "text": "登记有误，已冲销", "state": "missing"},
        ],
    }


def style_guide(request: HttpRequest) -> HttpResponse:
    """All parts on an office page; with `?phone` those of a member's phone."""
    name = "style_guide_phone" if "phone" in request.GET else "style_guide"
    return render(request, f"peixun/{name}.html", _context())

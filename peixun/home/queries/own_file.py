"""All that is held about one person, as tables that the person takes along: one file, nothing left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, BinaryIO

import orjson
from django.db.models import Q
from django.utils.translation import gettext as _

from peixun.changes.models import PersonChange, Transfer
from peixun.claims.models import Claim, ClaimStep, Scan
from peixun.coverage.models import PersonYear
from peixun.exchange.models import MissingPerson
from peixun.home.queries.held import accounts_of, credits_held, openings
from peixun.kernel.clock import ZONE
from peixun.kernel.tables.writer import Column, Sheet, write_workbook
from peixun.notices.models import Feed, Message, Preference
from peixun.people.models import (
    AuditEntry,
    ErasureRequest,
    Grant,
    Membership,
    NotSamePerson,
    Person,
    PersonAlias,
    Post,
    StatusPeriod,
    Token,
)
from peixun.people.queries.numbers import Secrets
from peixun.people.words import action_words, detail_words

Columns = Sequence[tuple[str, str]]
"""Where each value stands in a row, and its heading."""


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of thing that is held. `key` is its name in JSON, `columns` are names with headings."""

    key: str
    title: str
    columns: Columns
    rows: list[tuple[Any, ...]]


def own_tables(person_ids: Sequence[int], secrets: Mapping[int, Secrets]) -> list[Table]:
    """Everything that is held about a person and the records merged into them; encrypted things come opened."""
    return [
        *_person(person_ids, secrets),
        *_dated(person_ids),
        *_learning(person_ids),
        *_claims(person_ids),
        *_account(person_ids),
        *_notices(person_ids),
    ]


def _person(ids: Sequence[int], secrets: Mapping[int, Secrets]) -> list[Table]:
    persons = Person.objects.filter(pk__in=ids).order_by("pk")
    facts: Columns = [
        ("pk", _("记录编号")),
        ("name", _("姓名")),
        ("pinyin", _("拼音")),
        ("initials", _("首字母")),
        ("gender", _("性别")),
        ("birth_date", _("出生日期")),
        ("ethnicity", _("民族")),
        ("education", _("学历")),
        ("occupation", _("工作岗位")),
        ("rank", _("职级")),
        ("joined_party_on", _("加入党组织日期")),
        ("full_member_on", _("转为正式党员日期")),
    ]
    numbers: Columns = [
        ("citizen_number", _("公民身份号码")),
        ("phone", _("手机号码")),
        ("landline", _("固定电话")),
        ("address", _("家庭住址")),
    ]
    table = _table("records", _("人员记录"), persons, facts)
    rows = [(*row, *secrets.get(row[0], Secrets())) for row in table.rows]
    mergers: Columns = [
        ("alias_id", _("并入的记录")),
        ("person_id", _("保留的记录")),
        ("merged_at", _("合并时间")),
    ]
    aliases = PersonAlias.objects.filter(alias__in=ids)
    return [
        Table(table.key, table.title, [*facts, *numbers], rows),
        _table("mergers", _("合并的记录"), aliases, mergers),
        _table(
            "kept_apart",
            _("不是同一人的记录"),
            NotSamePerson.objects.filter(Q(first__in=ids) | Q(second__in=ids)),
            [("marked_at", _("标记时间")), ("reason", _("原因"))],
        ),
        _table(
            "erasure_requests",
            _("注销申请"),
            ErasureRequest.objects.filter(person__in=ids),
            [
                ("asked_at", _("申请时间")),
                ("reason", _("原因")),
                ("words", _("依据")),
                ("state", _("处理结果")),
                ("decided_at", _("处理时间")),
            ],
        ),
    ]


def _dated(ids: Sequence[int]) -> list[Table]:
    since, until = ("since", _("开始日期")), ("until", _("结束日期"))
    place = [("organisation.code", _("党组织代码")), ("organisation.name", _("党组织名称"))]
    return [
        _table(
            "memberships",
            _("组织关系"),
            Membership.objects.filter(person__in=ids).select_related("organisation"),
            [*place, ("status", _("人员类别")), since, until, ("ended_by", _("结束原因"))],
        ),
        _table(
            "posts",
            _("任职"),
            Post.objects.filter(person__in=ids).select_related("organisation"),
            [*place, ("title", _("职务")), ("rank", _("职级")), since, until],
        ),
        _table(
            "statuses",
            _("状态"),
            StatusPeriod.objects.filter(person__in=ids),
            [("kind", _("状态")), since, until, ("reason", _("原因")), ("approved_by", _("批准人"))],
        ),
        _table(
            "transfers",
            _("组织关系转接"),
            Transfer.objects.filter(person__in=ids).select_related("leaving", "receiving"),
            [
                ("on", _("转接日期")),
                ("leaving.name", _("转出党组织")),
                ("receiving.name", _("转入党组织")),
                ("state", _("处理结果")),
                ("reason", _("原因")),
                ("note", _("说明")),
                ("proposed_at", _("提出时间")),
                ("decided_at", _("处理时间")),
            ],
        ),
        _table(
            "changes",
            _("人员变动"),
            PersonChange.objects.filter(person__in=ids),
            [
                ("on", _("日期")),
                ("kind", _("变动")),
                ("words", _("说明")),
                ("made_at", _("登记时间")),
                ("undone_at", _("撤销时间")),
            ],
        ),
        _table(
            "missing_in_files",
            _("名册核对"),
            MissingPerson.objects.filter(person__in=ids).select_related("job"),
            [("job.created_at", _("时间")), ("place", _("党组织名称")), ("choice", _("处理结果"))],
        ),
    ]


def _learning(ids: Sequence[int]) -> list[Table]:
    credit: Columns = [
        ("pk", _("凭证")),
        ("happened_on", _("日期")),
        ("activity.title", _("活动名称")),
        ("activity.kind", _("活动类型")),
        ("activity.organiser.name", _("组织单位")),
        ("hours", _("学时")),
        ("reverses_id", _("冲销的凭证")),
        ("reason", _("原因")),
        ("source", _("来源")),
        ("source_ref", _("凭证号")),
        ("posted_at", _("登记时间")),
    ]
    year: Columns = [
        ("year", _("年度")),
        ("due", _("应训")),
        ("covered", _("已训")),
        ("fulfilled", _("已达标")),
        ("hours", _("计入学时")),
        ("person_times", _("参训人次")),
    ]
    years = PersonYear.objects.filter(person__in=ids).order_by("year")
    return [
        _table("credits", _("学时记录"), credits_held(ids), credit),
        _table("years", _("历年情况"), years, year),
    ]


def _claims(ids: Sequence[int]) -> list[Table]:
    claim: Columns = [
        ("pk", _("申诉编号")),
        ("kind", _("申诉")),
        ("wrong", _("哪里不对")),
        ("state", _("处理结果")),
        ("title", _("活动名称")),
        ("activity_kind", _("活动类型")),
        ("happened_on", _("日期")),
        ("hours", _("学时")),
        ("organiser_words", _("组织单位")),
        ("place", _("地点")),
        ("words", _("说明")),
        ("entry_id", _("有异议的凭证")),
        ("filed_at", _("提出时间")),
        ("decided_at", _("处理时间")),
        ("decided_on", _("认可日期")),
        ("decided_hours", _("认可学时")),
        ("posted_id", _("凭证")),
        ("reversal_id", _("冲销的凭证")),
    ]
    number = ("claim_id", _("申诉编号"))
    steps = ClaimStep.objects.filter(claim__person__in=ids)
    scans = Scan.objects.filter(claim__person__in=ids)
    return [
        _table("claims", _("学时申诉"), Claim.objects.filter(person__in=ids), claim),
        _table(
            "claim_steps", _("申诉经过"), steps, [number, ("at", _("时间")), ("verb", _("操作")), ("words", _("说明"))]
        ),
        _table(
            "claim_scans",
            _("申诉材料"),
            scans,
            [number, ("number", _("序号")), ("kind", _("格式")), ("size", _("字节")), ("deleted_at", _("删除时间"))],
        ),
    ]


def _account(ids: Sequence[int]) -> list[Table]:
    accounts = accounts_of(ids)
    grants = Grant.objects.filter(account__in=accounts).select_related("organisation").order_by("since", "pk")
    tokens = Token.objects.filter(account__in=accounts).order_by("pk")
    acts = AuditEntry.objects.filter(account__in=accounts).order_by("at", "pk")
    seen = [(_plain(o.entry.at), o.what, o.who, o.role) for o in openings(ids, limit=None)]
    done = [(_plain(a.at), action_words(a.action, a.subject), detail_words(a.detail)) for a in acts]
    at = ("at", _("时间"))
    return [
        _table(
            "accounts",
            _("账号"),
            accounts,
            [("login", _("账号")), ("display_name", _("显示名称")), ("last_login", _("最近登录"))],
        ),
        _table(
            "grants",
            _("授权"),
            grants,
            [
                ("role", _("角色")),
                ("organisation.name", _("党组织名称")),
                ("since", _("开始日期")),
                ("until", _("结束日期")),
            ],
        ),
        _table(
            "tokens",
            _("访问令牌"),
            tokens,
            [
                ("label", _("用途")),
                ("issued_at", _("发放时间")),
                ("expires_at", _("失效时间")),
                ("revoked_at", _("吊销时间")),
                ("last_used_on", _("最近使用")),
            ],
        ),
        Table("seen", _("谁查看过"), [at, ("what", _("操作")), ("who", _("操作人")), ("role", _("角色"))], seen),
        Table("done", _("本账号的操作"), [at, ("what", _("操作")), ("detail", _("说明"))], done),
    ]


def _notices(ids: Sequence[int]) -> list[Table]:
    accounts = accounts_of(ids)
    return [
        _table(
            "messages",
            _("消息"),
            Message.objects.filter(account__in=accounts).order_by("pk"),
            [
                ("created_at", _("时间")),
                ("title", _("标题")),
                ("text", _("内容")),
                ("place", _("地点")),
                ("starts_at", _("开始")),
                ("ends_at", _("结束")),
                ("read_at", _("已读时间")),
            ],
        ),
        _table(
            "message_preferences",
            _("消息设置"),
            Preference.objects.filter(account__in=accounts),
            [
                ("quiet_from", _("免打扰开始")),
                ("quiet_until", _("免打扰结束")),
                ("language", _("语言")),
                ("weekday", _("每周提醒")),
                ("muted_words", _("不提醒的消息")),
            ],
        ),
        _table("calendar", _("日历订阅"), Feed.objects.filter(account__in=accounts), [("made_at", _("生成时间"))]),
    ]


def _table(key: str, title: str, rows: Iterable[Any], columns: Columns) -> Table:
    return Table(key, title, columns, [tuple(_value(row, path) for path, _heading in columns) for row in rows])


def _value(row: Any, path: str) -> Any:
    """A value by its path; of a choice, its words."""
    *way, name = path.split(".")
    for step in way:
        row = getattr(row, step)
    display = getattr(row, f"get_{name}_display", None)
    return _plain(display() if display else getattr(row, name))


def _plain(value: Any) -> Any:
    """A value that both files can hold: instants in Beijing time, hours as they are printed."""
    if isinstance(value, datetime):
        return value.astimezone(ZONE).isoformat(timespec="seconds")
    return str(value) if isinstance(value, Decimal | time) else value


def as_json(tables: Iterable[Table], *, at: datetime) -> bytes:
    """The tables as one JSON object: a list of objects under each key."""
    held = {
        t.key: [dict(zip((path.replace(".", "_") for path, _heading in t.columns), row, strict=True)) for row in t.rows]
        for t in tables
    }
    return orjson.dumps({"taken_at": _plain(at), **held}, option=orjson.OPT_INDENT_2)


def as_workbook(target: BinaryIO, tables: Iterable[Table]) -> None:
    """The tables as a workbook, a sheet each."""
    write_workbook(
        target,
        sheets=[
            Sheet(t.title, [Column(heading, 18) for _path, heading in t.columns], [_cells(row) for row in t.rows])
            for t in tables
        ],
    )


def _cells(row: Sequence[Any]) -> list[Any]:
    return [value.isoformat() if isinstance(value, date) else value for value in row]

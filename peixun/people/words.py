"""What the audit trail says, in words for people: each action that is recorded anywhere has its words here."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.people.models import StatusKind

# By action and subject.
ACTIONS: dict[tuple[str, str], Any] = {
    ("open_numbers", "person"): gettext_lazy("查看完整号码"),
    ("look_up_number", "person"): gettext_lazy("用完整号码查人"),
    ("take_along", "person"): gettext_lazy("带走本人数据"),
    ("export", "people"): gettext_lazy("导出名单"),
    ("export", "gaps"): gettext_lazy("导出欠学名单"),
    ("export", "statistical_table"): gettext_lazy("导出统计表"),
    ("export", "ledger"): gettext_lazy("导出学时台账"),
    ("export", "audit_trail"): gettext_lazy("导出操作记录"),
    ("download_errors", "import_job"): gettext_lazy("下载导入的错误行"),
    ("draft", "work_report"): gettext_lazy("生成工作报告"),
    ("draft", "bulletin_text"): gettext_lazy("生成进展通报"),
    ("draft", "notice_text"): gettext_lazy("生成补训通知"),
    ("issue", "issued_report"): gettext_lazy("出具正式报告"),
    ("download", "issued_report"): gettext_lazy("下载正式报告"),
    ("import", "organisations"): gettext_lazy("导入党组织"),
    ("import", "members"): gettext_lazy("导入党员"),
    ("import", "posts"): gettext_lazy("导入任职"),
    ("import", "credits"): gettext_lazy("导入学时"),
    ("enrol", "person"): gettext_lazy("新增人员"),
    ("change", "person"): gettext_lazy("更改人员信息"),
    ("merge", "person"): gettext_lazy("合并重复的人员记录"),
    ("undo_merge", "person"): gettext_lazy("撤销人员记录的合并"),
    ("status", "person"): gettext_lazy("登记人员状态"),
    ("end_status", "person"): gettext_lazy("结束人员状态"),
    ("propose_transfer", "person"): gettext_lazy("提出转接"),
    ("accept_transfer", "person"): gettext_lazy("接收转接"),
    ("refuse_transfer", "person"): gettext_lazy("退回转接"),
    ("withdraw_transfer", "person"): gettext_lazy("撤回转接"),
    ("undo_transfer", "person"): gettext_lazy("撤销转接"),
    ("confirm_full", "person"): gettext_lazy("转为正式党员"),
    ("take_back_full", "person"): gettext_lazy("撤销转正"),
    ("take_back_post", "person"): gettext_lazy("撤销任职登记"),
    ("reopen_post", "person"): gettext_lazy("撤销免职登记"),
    ("take_back_status", "person"): gettext_lazy("撤销状态登记"),
    ("reopen_status", "person"): gettext_lazy("撤销状态的结束"),
    ("begin", "membership"): gettext_lazy("登记组织关系"),
    ("end", "membership"): gettext_lazy("结束或转接组织关系"),
    ("restate", "membership"): gettext_lazy("更正组织关系"),
    ("appoint", "post"): gettext_lazy("登记任职"),
    ("leave", "post"): gettext_lazy("登记免职"),
    ("change", "post"): gettext_lazy("更改任职"),
    ("found", "organisation"): gettext_lazy("成立党组织"),
    ("change", "organisation"): gettext_lazy("更改党组织"),
    ("close", "organisation"): gettext_lazy("撤销党组织"),
    ("correct_founding", "organisation"): gettext_lazy("更正成立日期"),
    ("save", "audience"): gettext_lazy("保存培训对象"),
    ("publish", "requirement_pack"): gettext_lazy("发布学时要求"),
    ("publish", "credit_pack"): gettext_lazy("发布学时折算办法"),
    ("add", "topic"): gettext_lazy("增加主题"),
    ("open", "activity"): gettext_lazy("登记活动"),
    ("post", "credit"): gettext_lazy("登记学时"),
    ("reverse", "credit"): gettext_lazy("冲销学时"),
    ("verify", "ledger"): gettext_lazy("核验学时台账"),
    ("open", "account"): gettext_lazy("开通账号"),
    ("issue_code", "account"): gettext_lazy("生成登录码"),
    ("redeem_code", "account"): gettext_lazy("用登录码设密码"),
    ("end_code", "account"): gettext_lazy("登录码多次输错作废"),
    ("issue", "token"): gettext_lazy("发放访问令牌"),
    ("revoke", "token"): gettext_lazy("吊销访问令牌"),
    ("backup", "installation"): gettext_lazy("备份"),
    ("restore", "installation"): gettext_lazy("恢复备份"),
    ("begin", "demo"): gettext_lazy("开始生成演示数据"),
    ("finish", "demo"): gettext_lazy("完成演示数据"),
}
SEEING = ("open_numbers", "look_up_number", "take_along")
"""The actions by which somebody saw one person's data in full."""

# In the order in which they are said; lists, ids and inner names have no words and are left out.
DETAILS: dict[str, Any] = {
    "year": gettext_lazy("%(value)s年"),
    "as_of": gettext_lazy("截至 %(value)s"),
    "on": gettext_lazy("自 %(value)s 起"),
    "version": gettext_lazy("第 %(value)s 版"),
    "file": gettext_lazy("文件 %(value)s"),
    "name": gettext_lazy("名称改为 %(value)s"),
    "count": gettext_lazy("共 %(value)s 项"),
    "transferred": gettext_lazy("转接 %(value)s 人"),
    "rows": gettext_lazy("共 %(value)s 行"),
    "new": gettext_lazy("新增 %(value)s 行"),
    "changed": gettext_lazy("更改 %(value)s 行"),
    "bad": gettext_lazy("有误 %(value)s 行"),
    "written": gettext_lazy("新记 %(value)s 条"),
    "entries": gettext_lazy("共 %(value)s 条"),
    "found": gettext_lazy("找到 %(value)s 人"),
    "days": gettext_lazy("有效 %(value)s 天"),
    "reason": gettext_lazy("原因：%(value)s"),
}
KINDS: dict[str, Any] = {
    "citizen_number": gettext_lazy("公民身份号码"),
    "phone": gettext_lazy("手机号码"),
    **{kind.value: kind.label for kind in StatusKind},
}


def action_words(action: str, subject: str) -> str:
    """What was done, in words."""
    return str(ACTIONS.get((action, subject)) or _("其他操作"))


def detail_words(detail: Mapping[str, Any]) -> str:
    """What is recorded beside the action, in words; "" where there is nothing to say."""
    return _("，").join(_details(detail))


def _details(detail: Mapping[str, Any]) -> Iterator[str]:
    if detail.get("kind") in KINDS:
        yield str(KINDS[detail["kind"]])
    for name, words in DETAILS.items():
        if detail.get(name) not in (None, ""):
            yield str(words) % {"value": detail[name]}

"""What the audit trail says, in words for people: each action that is recorded anywhere has its words here."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.people.models import Role, StatusKind

# By action and subject.
ACTIONS: dict[tuple[str, str], Any] = {
    ("see_record", "person"): gettext_lazy("查看学习档案"),
    ("open_numbers", "person"): gettext_lazy("查看完整号码"),
    ("look_up_number", "person"): gettext_lazy("用完整号码查人"),
    ("take_along", "person"): gettext_lazy("带走本人数据"),
    ("export", "people"): gettext_lazy("导出名单"),
    ("export", "gaps"): gettext_lazy("导出欠学名单"),
    ("export", "statistical_table"): gettext_lazy("导出统计表"),
    ("export", "comparison"): gettext_lazy("导出两个日期的对比"),
    ("export", "late_entries"): gettext_lazy("导出关账后补记"),
    ("export", "months"): gettext_lazy("导出各月覆盖情况"),
    ("export", "ledger"): gettext_lazy("导出学时台账"),
    ("export", "audit_trail"): gettext_lazy("导出操作记录"),
    ("download_errors", "import_job"): gettext_lazy("下载导入的错误行"),
    ("draft", "work_report"): gettext_lazy("生成工作报告"),
    ("draft", "bulletin_text"): gettext_lazy("生成进展通报"),
    ("draft", "notice_text"): gettext_lazy("生成补训通知"),
    ("issue", "issued_report"): gettext_lazy("出具正式报告"),
    ("download", "issued_report"): gettext_lazy("下载正式报告"),
    ("make", "schedule"): gettext_lazy("设定定期导出"),
    ("pause", "schedule"): gettext_lazy("暂停定期导出"),
    ("resume", "schedule"): gettext_lazy("恢复定期导出"),
    ("delete", "schedule"): gettext_lazy("删除定期导出"),
    ("run", "schedule"): gettext_lazy("按期导出"),
    ("fail", "schedule"): gettext_lazy("定期导出没有完成"),
    ("stop", "schedule"): gettext_lazy("定期导出因权限停止"),
    ("download", "scheduled_file"): gettext_lazy("下载定期导出的文件"),
    ("import", "organisations"): gettext_lazy("导入党组织"),
    ("import", "members"): gettext_lazy("导入党员"),
    ("import", "posts"): gettext_lazy("导入任职"),
    ("import", "transfers"): gettext_lazy("导入组织关系转接"),
    ("import", "credits"): gettext_lazy("导入学时"),
    ("enrol", "person"): gettext_lazy("新增人员"),
    ("change", "person"): gettext_lazy("更改人员信息"),
    ("merge", "person"): gettext_lazy("合并重复的人员记录"),
    ("undo_merge", "person"): gettext_lazy("撤销人员记录的合并"),
    ("keep_apart", "person"): gettext_lazy("标记不是同一人"),
    ("undo_keep_apart", "person"): gettext_lazy("撤销“不是同一人”的标记"),
    ("status", "person"): gettext_lazy("登记人员状态"),
    ("end_status", "person"): gettext_lazy("结束人员状态"),
    ("transfer", "person"): gettext_lazy("按文件转接"),
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
    ("split", "organisation"): gettext_lazy("分设党支部"),
    ("undo_change", "organisation"): gettext_lazy("撤销党组织的变动"),
    ("correct_founding", "organisation"): gettext_lazy("更正成立日期"),
    ("save", "audience"): gettext_lazy("保存培训对象"),
    ("publish", "requirement_pack"): gettext_lazy("发布学时要求"),
    ("publish", "credit_pack"): gettext_lazy("发布学时折算办法"),
    ("end", "requirement_pack"): gettext_lazy("停止执行学时要求"),
    ("end", "credit_pack"): gettext_lazy("停止执行学时折算办法"),
    ("withdraw", "requirement_pack"): gettext_lazy("撤回尚未生效的学时要求"),
    ("withdraw", "credit_pack"): gettext_lazy("撤回尚未生效的学时折算办法"),
    ("change_past", "requirement_pack"): gettext_lazy("学时要求改变已过去的日期"),
    ("change_past", "credit_pack"): gettext_lazy("学时折算办法改变已过去的日期"),
    ("change_past", "audience"): gettext_lazy("培训对象的更改涉及已过去的年度"),
    ("delete", "audience"): gettext_lazy("删除培训对象"),
    ("draft", "pack_draft"): gettext_lazy("草拟规则"),
    ("drop", "pack_draft"): gettext_lazy("放弃规则草稿"),
    ("publish", "responsibility_pack"): gettext_lazy("发布培训责任"),
    ("end", "responsibility_pack"): gettext_lazy("停止执行培训责任"),
    ("withdraw", "responsibility_pack"): gettext_lazy("撤回尚未生效的培训责任"),
    ("change_past", "responsibility_pack"): gettext_lazy("培训责任改变已过去的日期"),
    ("add", "topic"): gettext_lazy("增加主题"),
    ("open", "activity"): gettext_lazy("登记活动"),
    ("post", "credit"): gettext_lazy("登记学时"),
    ("reverse", "credit"): gettext_lazy("冲销学时"),
    ("close_year", "ledger"): gettext_lazy("年度关账"),
    ("reopen_year", "ledger"): gettext_lazy("年度重新开账"),
    ("post_late", "credit"): gettext_lazy("关账后补记学时"),
    ("verify", "ledger"): gettext_lazy("核验学时台账"),
    ("open", "account"): gettext_lazy("开通账号"),
    ("issue_code", "account"): gettext_lazy("生成登录码"),
    ("redeem_code", "account"): gettext_lazy("用登录码设密码"),
    ("change_password", "account"): gettext_lazy("更改自己的密码"),
    ("end_code", "account"): gettext_lazy("登录码多次输错作废"),
    ("give_role", "account"): gettext_lazy("授予角色"),
    ("end_role", "account"): gettext_lazy("结束角色"),
    ("stop", "account"): gettext_lazy("停用账号"),
    ("resume", "account"): gettext_lazy("恢复账号"),
    ("add_factor", "account"): gettext_lazy("添加第二步验证"),
    ("remove_factor", "account"): gettext_lazy("移除第二步验证"),
    ("reset_factors", "account"): gettext_lazy("清除他人的第二步验证"),
    ("renew_spare_codes", "account"): gettext_lazy("生成备用码"),
    ("use_spare_code", "account"): gettext_lazy("用备用码登录"),
    ("end_session", "account"): gettext_lazy("让登录的设备退出"),
    ("file", "claim"): gettext_lazy("提出学时申诉"),
    ("confirm", "claim"): gettext_lazy("证实学时申诉"),
    ("refuse", "claim"): gettext_lazy("不认可学时申诉"),
    ("appeal", "claim"): gettext_lazy("申请复核学时申诉"),
    ("grant", "claim"): gettext_lazy("认可学时申诉"),
    ("withdraw", "claim"): gettext_lazy("撤回学时申诉"),
    ("ask", "claim"): gettext_lazy("请党员补充申诉材料"),
    ("add", "claim"): gettext_lazy("补充申诉材料"),
    ("open_scan", "person"): gettext_lazy("打开申诉材料"),
    ("link", "account"): gettext_lazy("关联统一身份认证"),
    ("unlink", "account"): gettext_lazy("取消关联统一身份认证"),
    ("issue", "token"): gettext_lazy("发放访问令牌"),
    ("revoke", "token"): gettext_lazy("吊销访问令牌"),
    ("send", "message"): gettext_lazy("发送消息"),
    ("print", "message"): gettext_lazy("打印通知单"),
    ("change", "preference"): gettext_lazy("更改消息设置"),
    ("renew", "calendar"): gettext_lazy("生成日历订阅地址"),
    ("end", "calendar"): gettext_lazy("停用日历订阅"),
    ("rotate", "keys"): gettext_lazy("更换数据密钥"),
    ("rotate_lookups", "keys"): gettext_lazy("更换查号密钥"),
    ("ask", "erasure"): gettext_lazy("申请注销个人信息"),
    ("withdraw", "erasure"): gettext_lazy("撤回注销申请"),
    ("refuse", "erasure"): gettext_lazy("退回注销申请"),
    ("erase", "person"): gettext_lazy("注销个人信息"),
    ("backup", "installation"): gettext_lazy("备份"),
    ("restore", "installation"): gettext_lazy("恢复备份"),
    ("begin", "demo"): gettext_lazy("开始生成演示数据"),
    ("finish", "demo"): gettext_lazy("完成演示数据"),
}
SEEING = ("open_numbers", "look_up_number", "take_along", "open_scan", "see_record")
"""The actions by which somebody saw one person's data."""

# In the order in which they are said; lists, ids and inner names have no words and are left out.
DETAILS: dict[str, Any] = {
    "year": gettext_lazy("%(value)s年"),
    "as_of": gettext_lazy("截至 %(value)s"),
    "on": gettext_lazy("自 %(value)s 起"),
    "until": gettext_lazy("至 %(value)s 前"),
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
ROLES: dict[str, Any] = dict(Role.choices)


def action_words(action: str, subject: str) -> str:
    """What was done, in words."""
    return str(ACTIONS.get((action, subject)) or _("其他操作"))


def detail_words(detail: Mapping[str, Any]) -> str:
    """What is recorded beside the action, in words; "" where there is nothing to say."""
    return _("，").join(_details(detail))


def _details(detail: Mapping[str, Any]) -> Iterator[str]:
    if detail.get("kind") in KINDS:
        yield str(KINDS[detail["kind"]])
    if detail.get("role") in ROLES:
        yield str(ROLES[detail["role"]])
    for name, words in DETAILS.items():
        if detail.get(name) not in (None, ""):
            yield str(words) % {"value": detail[name]}

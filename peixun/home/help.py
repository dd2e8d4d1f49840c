"""Which help belongs to which page. Each topic's words are a template of its own, `home/help/<key>.html`."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that help is given on."""

    key: str
    title: Any

    @property
    def template(self) -> str:
        """The template with its words."""
        return f"home/help/{self.key}.html"


TOPICS: dict[str, Topic] = {
    topic.key: topic
    for topic in (
        Topic("start", _("首页和切换单位")),
        Topic("coverage", _("覆盖情况")),
        Topic("lists", _("名单和查人")),
        Topic("record", _("学习档案")),
        Topic("branch", _("支部")),
        Topic("persons", _("人员变动")),
        Topic("transfers", _("组织关系转接")),
        Topic("organisations", _("党组织变动")),
        Topic("duplicates", _("重复的人员记录")),
        Topic("claims", _("学时申诉")),
        Topic("messages", _("消息和待办")),
        Topic("imports", _("导入")),
        Topic("rules", _("规则")),
        Topic("audiences", _("培训对象")),
        Topic("reports", _("工作报告、通报和通知")),
        Topic("issued", _("正式报告")),
        Topic("statistics", _("统计表")),
        Topic("closing", _("年度关账")),
        Topic("accounts", _("账号和角色")),
        Topic("codes", _("登录码和密码")),
        Topic("second-step", _("第二步验证和设备")),
        Topic("own-data", _("我的数据")),
        Topic("trail", _("操作记录")),
        Topic("ledger", _("学时台账、冲销和封存")),
        Topic("glossary", _("词语解释")),
    )
}

# What most pages of a room are about; a name that ends in a colon stands for all pages of the room.
_PAGES: dict[str, tuple[str, ...]] = {
    "start": ("home:start", "home:places", "home:guide"),
    "coverage": ("coverage:",),
    "lists": ("coverage:people", "coverage:tasks", "home:search"),
    "record": ("coverage:record", "home:me", "home:learning"),
    "branch": ("home:branches", "home:branch", "people:organisation"),
    "persons": ("changes:person", "changes:change", "people:erase", "people:erasures"),
    "transfers": ("changes:",),
    "organisations": (
        "changes:organisations",
        "changes:organisation",
        "changes:act",
        "changes:organisation-change",
    ),
    "duplicates": ("changes:duplicates", "changes:compare"),
    "claims": ("claims:",),
    "messages": ("notices:",),
    "imports": ("exchange:",),
    "rules": ("catalog:", "rulebook:"),
    "audiences": ("rulebook:audiences", "rulebook:new-audience", "rulebook:audience", "rulebook:trial"),
    "reports": ("reports:",),
    "issued": ("reports:issued-index", "reports:issued", "reports:issued-now"),
    "statistics": ("reports:statistics",),
    "closing": ("coverage:closings", "coverage:closing", "coverage:close"),
    "accounts": (
        "people:accounts",
        "people:account",
        "people:give-role",
        "people:own-tokens",
        "people:account-tokens",
        "people:platform",
    ),
    "codes": ("home:codes", "home:redeem", "home:sign-in", "home:password", "home:oidc", "home:oidc-back"),
    "second-step": (
        "home:factors",
        "home:confirm",
        "home:add-app",
        "home:add-key",
        "home:second-step",
        "home:devices",
    ),
    "own-data": ("home:data", "home:mine", "people:reveal", "people:erase", "people:erasures"),
    "trail": ("people:trail",),
    "ledger": ("ledger:",),
}
_TOPIC_OF = {page: topic for topic, pages in _PAGES.items() for page in pages}


def topic_of(page: str) -> Topic | None:
    """The topic of a page by its name (`room:page`); None where there is none."""
    room = page.partition(":")[0] + ":"
    key = _TOPIC_OF.get(page) or _TOPIC_OF.get(room)
    return TOPICS[key] if key else None

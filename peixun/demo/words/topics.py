"""Topics of the demo city's curriculum. Four working systems and all six actions are invented and marked so."""

from peixun.catalog.rules import NewTopic

WORKING_SYSTEMS = (
    NewTopic("system-meetings", "三会一课", "working_system", "practice"),
    NewTopic("system-democratic-life", "民主生活会", "working_system", "practice"),
    NewTopic("system-organisation-life", "组织生活会", "working_system", "practice"),
    NewTopic("system-heart-to-heart", "谈心谈话", "working_system", "practice"),
    NewTopic("system-spirit-analysis", "党性定期分析", "working_system", "practice"),
    NewTopic("system-appraisal", "民主评议党员", "working_system", "practice"),
    NewTopic("system-fixed-day", "固定党日", "working_system", "practice"),
    NewTopic("system-dues", "党费收缴管理", "working_system", "practice", invented=True),
    NewTopic("system-admission", "发展党员工作", "working_system", "practice", invented=True),
    NewTopic("system-transfer", "组织关系转接", "working_system", "practice", invented=True),
    NewTopic("system-open-affairs", "党务公开", "working_system", "practice", invented=True),
)
LEADING_ACTIONS = (
    NewTopic("action-industry", "产业富民引领行动", "leading_action", "practice", invented=True),
    NewTopic("action-talent", "能人带动引领行动", "leading_action", "practice", invented=True),
    NewTopic("action-collective", "集体经济引领行动", "leading_action", "practice", invented=True),
    NewTopic("action-customs", "乡风文明引领行动", "leading_action", "practice", invented=True),
    NewTopic("action-governance", "基层治理引领行动", "leading_action", "practice", invented=True),
    NewTopic("action-service", "服务群众引领行动", "leading_action", "practice", invented=True),
)
THEORY = (
    NewTopic("congress-19", "党的十九大精神", "theory", "theory"),
    NewTopic("plenum-5", "党的十八届五中全会精神", "theory", "theory"),
    NewTopic("plenum-6", "党的十八届六中全会精神", "theory", "theory"),
    NewTopic("two-studies", "“两学一做”学习教育", "theory", "theory"),
    NewTopic("seven-years", "《习近平的七年知青岁月》", "theory", "theory"),
    NewTopic("originals", "读原著学原文悟原理", "theory", "theory"),
    NewTopic("core-values", "社会主义核心价值观", "theory", "theory"),
    NewTopic("constitution-2018", "宪法修正案", "theory", "theory"),
)
HISTORY = (
    NewTopic("party-history", "党史", "history", "theory"),
    NewTopic("party-rules", "党章党规", "history", "theory"),
    NewTopic("long-march", "长征与会宁会师", "history", "theory"),
    NewTopic("oath", "重温入党誓词", "history", "theory"),
    NewTopic("models", "先进典型事迹", "history", "theory"),
)
WARNING = (
    NewTopic("warning-cases", "身边案例警示教育", "warning", "theory"),
    NewTopic("warning-discipline", "纪律处分条例", "warning", "theory"),
    NewTopic("warning-inspection", "巡视与从严治党", "warning", "theory"),
)
SKILLS = (
    NewTopic("skill-poverty", "脱贫攻坚政策", "skill", "practice"),
    NewTopic("skill-city", "创建文明城市", "skill", "practice"),
    NewTopic("skill-farming", "实用种养技术", "skill", "practice"),
    NewTopic("skill-mediation", "矛盾纠纷调解", "skill", "practice"),
    NewTopic("skill-village", "村级事务管理", "skill", "practice"),
    NewTopic("skill-law", "法治宣传", "skill", "practice"),
    NewTopic("skill-safety", "安全生产", "skill", "practice"),
    NewTopic("skill-revival", "乡村振兴战略", "skill", "practice"),
)
TOPICS = (*WORKING_SYSTEMS, *LEADING_ACTIONS, *THEORY, *HISTORY, *WARNING, *SKILLS)
SYSTEM_KEYS = tuple(t.key for t in WORKING_SYSTEMS)
ACTION_KEYS = tuple(t.key for t in LEADING_ACTIONS)

"""二、存在的问题 and 三、下一步打算: what is thin in the records, and what follows from it.

Organisations are named, persons never.
"""

from collections.abc import Callable
from dataclasses import dataclass

from peixun.coverage.queries.position import ChildCount, Count
from peixun.people.models import Organisation
from peixun.reports.queries.gap_figures import modes
from peixun.reports.text.writer import Piece, Sentence, Writer, listed

NAMED = 3
"""So many organisations or audiences at most are named for each gap."""
FEWEST_DUE = 10
"""Shares of smaller units say little, so they aren't compared by share."""
LATE_SHARE = 40
"""From this percentage on the fourth quarter holds too much of the year."""
ONE_MODE_SHARE = 50
"""From this percentage on one teaching mode prevails."""
RARE_MODE = 100
"""A mode with fewer than one in so many person-times is hardly used."""
FEWEST_IN_AUDIENCE = 5
"""A gap in a smaller audience would point at single persons."""
THIN_SHARE = 5
"""Below this percentage of person-times a side of a combination is thin."""


@dataclass(frozen=True)
class Problem:
    """One gap: its name, what the records say, and the step that follows from it."""

    lead: str
    sentence: Sentence
    step_lead: str
    step: Sentence


def problems(writer: Writer) -> list[Problem]:
    """The gaps that the records show, and at last what isn't recorded at all."""
    finders: tuple[Callable[[Writer], Problem | None], ...] = (
        uncovered,
        unfulfilled,
        unreached,
        uneven,
        plain_modes,
        thin_sides,
        repeated,
    )
    found = [problem for finder in finders if (problem := finder(writer)) is not None]
    return [*found, unrecorded(writer)]


def uncovered(writer: Writer) -> Problem | None:
    """Who has no hours at all, and where they are."""
    if not writer.value("uncovered_total"):
        return None
    n = writer.number
    sentence: Sentence = [f"截至{writer.until}，还有", n("uncovered_total"), f"名应训{writer.learners}没有学时记录"]
    children = [c for c in writer.year.position.children if c.count.missing]
    worst = sorted(children, key=lambda c: (-c.count.missing, c.organisation.code))[:NAMED]
    if worst:
        sentence += ["，其中", *_counted(writer, "uncovered_in", worst), "。"]
    else:
        sentence.append("。")
    low = _lowest(writer)
    if low:
        sentence += ["覆盖率偏低的有", *_shared(writer, low), "。"]
    audiences = _worst_audiences(writer, lambda count: count.missing)
    if audiences:
        sentence += ["从培训对象看，", *_counted_audiences(writer, "uncovered_of", audiences), "尚未参训。"]
    step: Sentence = [
        "分清在外流动、年老体弱和工学矛盾等不同情况，采取送学上门、集中补课、网络自学等办法，逐人明确补训时间和责任人。"
    ]
    if worst:
        names = listed([str(c.organisation) for c in worst])
        step.insert(0, f"以{names}{'等' if len(children) > NAMED else ''}为重点，逐个支部核对未参训名单，")
    lead = "聚焦薄弱单位补齐覆盖缺口。" if worst else "补齐覆盖缺口。"
    return Problem("培训覆盖还有缺口。", sentence, lead, step)


def unfulfilled(writer: Writer) -> Problem | None:
    """Who is covered but still owes hours."""
    count = writer.year.position.total
    if not count.covered or count.fulfilled == count.due:
        return None
    sentence = _fulfilment(writer, count)
    children = [c for c in writer.year.position.children if c.count.due > c.count.fulfilled]
    worst = sorted(children, key=lambda c: (-(c.count.due - c.count.fulfilled), c.organisation.code))[:NAMED]
    if worst and len(writer.year.position.children) > 1:
        sentence += ["，人数较多的有", *_counted(writer, "unfulfilled_in", worst)]
    sentence.append("。")
    audiences = _worst_audiences(writer, lambda c: c.due - c.fulfilled)
    if audiences:
        sentence += ["按培训对象分，", *_counted_audiences(writer, "unfulfilled_of", audiences), "未达标。"]
    names = listed([name for _, name, _ in audiences]) if audiences else "未达标人员"
    whole = writer.year.is_whole_year
    return Problem(
        "学时达标不够平衡。" if whole else "完成全年学时要求的任务还重。",
        sentence,
        "对照学时要求抓好达标。" if whole else "按全年学时要求抓好后续培训。",
        [f"对{names}逐人列出所欠学时，优先安排集中培训；支部按月公布学习安排，逐月跟踪进度，防止年底突击补课。"],
    )


def _fulfilment(writer: Writer, count: Count) -> Sentence:
    n, whole = writer.number, writer.year.is_whole_year
    against = "对照学时要求，" if whole else "对照全年学时要求，"
    if not count.fulfilled:
        return [against, n("unfulfilled_total"), "人都还没有达标"]
    return [
        *(against, "达标" if whole else "已达标", n("fulfilled_total"), "人，达标率", n("fulfilment_rate")),
        *("，还有", n("unfulfilled_total"), "人没有达标"),
    ]


def unreached(writer: Writer) -> Problem | None:
    """Audiences of key classes of whom some took part in none."""
    reaches = (reach for reach in writer.year.key_reach if len(reach.due) >= FEWEST_IN_AUDIENCE)
    partly = [reach for reach in reaches if not reach.is_full]
    if not partly:
        return None
    partly.sort(key=lambda r: (len(r.reached) - len(r.due), r.audience.bit))
    pieces: Sentence = []
    for reach in partly[:NAMED]:
        pieces += [
            f"{'、' if pieces else ''}{reach.audience.name}",
            writer.number(f"unreached_of:{reach.audience.key}"),
            "人",
        ]
    names = listed([reach.audience.name for reach in partly], most=NAMED)
    return Problem(
        "重点对象没有实现全部轮训。",
        ["市级重点培训班的培训对象中，还有", *pieces, "没有参加过本年度的重点培训。"],
        "分类抓好重点对象轮训。",
        [f"安排重点班次名额时向{names}倾斜，", "没有轮到市级重点培训的，纳入其他班次兜底培训。"],
    )


def uneven(writer: Writer) -> Problem | None:
    """Months without anything, and a fourth quarter that holds too much."""
    months = writer.year.attended.entries_by_month
    if not months:
        return None
    quiet = [m for m in range(1, writer.year.as_of.month + 1) if not months[m]]
    late = writer.year.is_whole_year and writer.value("last_quarter_share") >= LATE_SHARE
    sentence: Sentence = []
    if late:
        sentence += ["第四季度的学时记录占全年的", writer.number("last_quarter_share"), "，年底办班办学较为集中。"]
    if quiet:
        names = listed([f"{m}月" for m in quiet], most=6)
        sentence += [f"{names}没有培训记录", *_number_of_months(writer, quiet), "。"]
    if not sentence:
        return None
    return Problem(
        "时间安排不够均衡。",
        sentence,
        "统筹全年培训进度。",
        [
            "年初统一编制培训计划，把班次、集中学习和主题党日均衡安排到各季度，",
            "按季检查落实情况，避开农忙和年终集中办班。",
        ],
    )


def _number_of_months(writer: Writer, quiet: list[int]) -> Sentence:
    return ["，共", writer.number("quiet_months"), "个月"] if len(quiet) > 1 else []


def plain_modes(writer: Writer) -> Problem | None:
    """One way of teaching prevails; others are hardly used."""
    counts = modes(writer.year)
    if not counts:
        return None
    top, _ = counts.most_common(1)[0]
    share = writer.value("top_mode_share")
    rare = [name for name, times in counts.most_common() if times * RARE_MODE < counts.total()]
    if share < ONE_MODE_SHARE and not rare:
        return None
    sentence: Sentence = [f"按人次计，使用最多的授课形式是{top}，占", writer.number("top_mode_share")]
    sentence.append(f"；{listed(rare, most=4)}用得很少。" if rare else "。")
    return Problem(
        "教学方式较为单一。" if share >= ONE_MODE_SHARE else "教学方式运用不够均衡。",
        sentence,
        "改进教学方式。",
        ["开班前先摸清参训人员的实际需求，", "多用案例教学、情景模拟、研讨交流等互动方法，以学员评价检验教学效果。"],
    )


SIDES = (
    ("field", "课堂外教学"),
    ("practice", "实务培训"),
    ("positive", "先进典型教育"),
    ("warning", "警示教育"),
)


def thin_sides(writer: Writer) -> Problem | None:
    """Sides of the four combinations that are nearly or wholly missing."""
    if not writer.value("all_person_times"):
        return None
    described = {
        "field": any(a.setting for a in writer.year.attended.held.values()),
        "practice": any(a.strand for a in writer.year.attended.held.values()),
        "positive": True,
        "warning": True,
    }
    thin = [(key, name) for key, name in SIDES if described[key] and writer.value(f"{key}_share") < THIN_SHARE]
    if not thin:
        return None
    pieces: Sentence = []
    none = [name for key, name in thin if not writer.value(f"{key}_person_times")]
    for key, name in thin:
        if name not in none:
            pieces += [f"{'、' if pieces else ''}{name}占参训总人次的", writer.number(f"{key}_share")]
    if none:
        pieces.append(f"{'，' if pieces else ''}{listed(none)}没有记录")
    names = listed([name for _, name in thin])
    return Problem(
        "培训内容结构有待优化。",
        [*pieces, "。"],
        "优化培训内容。",
        [f"针对{names}偏少的情况，", "在主题党日、支部学习和各类班次中增加相应安排，使各方面内容搭配得当。"],
    )


def repeated(writer: Writer) -> Problem | None:
    """The same topic taught twice, and people called by two organisers on the same days."""
    told: list[Sentence] = []
    if writer.value("repeated_people"):
        told.append(["有", writer.number("repeated_people"), "人在不同班次重复学习了同一主题"])
    if writer.value("overlapped_people"):
        told.append(["有", writer.number("overlapped_people"), "人被不同单位在相同日期调训"])
    if not told:
        return None
    sentence: Sentence = list(told[0])
    for more in told[1:]:
        sentence += ["，", *more]
    return Problem(
        "重复培训、多头调训仍然存在。",
        [*sentence, "，占用了有限的培训资源和基层精力。"],
        "统筹培训资源。",
        [
            "办班前由组织部门统一核对班次主题、对象和日期，能合并的合并、该错开的错开，",
            "把经费和名额用到最急需的地方。",
        ],
    )


def unrecorded(writer: Writer) -> Problem:
    """What the records can't tell yet."""
    if not writer.year.attended.total:
        sentence: Sentence = [f"{writer.span}没有学时记录，培训开展情况无法反映。"]
        step: Sentence = ["尽快录入或导入已经开展的培训活动，", "做到办一次、记一次，使工作情况有据可查。"]
    else:
        what = "线上学习平台使用" if writer.is_branch else "线上学习平台使用、电视专题片制作播出、基地条件和经费使用"
        sentence = [f"{what}等情况尚未纳入统一记录，本报告不作反映。"]
        step = ["把上述情况逐步纳入统一台账，一项工作只填报一次，", "以记录代替层层报表，切实为基层减负。"]
    return Problem("数据归集还不完整。", sentence, "完善培训台账。", step)


def _counted(writer: Writer, key: str, worst: list[ChildCount]) -> Sentence:
    pieces: Sentence = []
    for child in worst:
        name = f"{'、' if pieces else ''}{child.organisation}"
        pieces += [name, writer.number(f"{key}:{child.organisation.code}"), "人"]
    return pieces


def _shared(writer: Writer, units: list[Organisation]) -> Sentence:
    pieces: Sentence = []
    for unit in units:
        pieces += [f"{'、' if pieces else ''}{unit}（", writer.number(f"coverage_in:{unit.code}"), "）"]
    return pieces


def _counted_audiences(writer: Writer, key: str, worst: list[tuple[str, str, Count]]) -> list[Piece]:
    pieces: Sentence = []
    for audience, name, _ in worst:
        pieces += [f"{'、' if pieces else ''}{name}", writer.number(f"{key}:{audience}"), "人"]
    return pieces


def _lowest(writer: Writer) -> list[Organisation]:
    """Units one level further down with the lowest share, below the whole's own."""
    year = writer.year
    whole = year.position.total
    rows = [
        row
        for child in year.position.children
        for row in year.position_of(child.organisation).children
        if row.count.due >= FEWEST_DUE and row.count.covered * whole.due < whole.covered * row.count.due
    ]
    # Like with like: branches aren't set beside townships.
    upper = [row for row in rows if not row.organisation.holds_members]
    rows = upper or rows
    rows.sort(key=lambda row: (row.count.covered / row.count.due, row.organisation.code))
    return [row.organisation for row in rows[:NAMED]]


def _worst_audiences(writer: Writer, gap: Callable[[Count], int]) -> list[tuple[str, str, Count]]:
    """Audiences with the largest gap in proportion, without those that are everybody."""
    everybody = writer.year.position.total.due
    rows = [
        (row.key, row.name, row.count)
        for row in writer.year.position.audiences
        if gap(row.count) and FEWEST_IN_AUDIENCE <= row.count.due < everybody
    ]
    rows.sort(key=lambda row: (-gap(row[2]) / row[2].due, row[0]))
    return rows[:NAMED]

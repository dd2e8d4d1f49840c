"""一、主要做法: the four combinations, each from its own records."""

import re
from collections import Counter
from collections.abc import Iterator

from peixun.catalog.models import TopicGroup
from peixun.kernel.papers.model import Paragraph
from peixun.reports.queries.activities import SELECTIONS, Held
from peixun.reports.queries.classes import ClassEntry
from peixun.reports.queries.gap_figures import modes
from peixun.reports.text.writer import Sentence, Writer, listed, paragraph_of

TITLED = re.compile(r"《[^《》]{1,20}》")
WORKS, PLACES, TOPICS, MODES = 6, 6, 8, 6
"""So many names at most are listed of each."""


def practices(writer: Writer) -> list[Paragraph]:
    """The paragraphs that have records behind them."""
    parts = (
        ("坚持上下结合。", (online, group_viewing, key_classes, all_classes)),
        ("坚持内外结合。", (classroom, field, off_site)),
        ("坚持实虚结合。", (practice, secretaries, theory)),
        ("坚持正反结合。", (positive, warning)),
    )
    written = []
    for lead, sentences in parts:
        paragraph = paragraph_of((sentence(writer) for sentence in sentences), lead=lead)
        if paragraph is not None:
            written.append(paragraph)
    return written


def online(writer: Writer) -> Sentence:
    """上: what was learned over the network."""
    if not writer.value("online_person_times"):
        return []
    n = writer.number
    lessons: Sentence = []
    if writer.value("online_lesson_people"):
        lessons = ["，其中网络课程学习", n("online_lesson_person_times"), "人次"]
    return [
        "“上”，就是用好网络平台抓线上培训。",
        *("共组织线上学习", n("online_activities"), "次，参加", n("online_people"), "人、"),
        *(n("online_person_times"), "人次", *lessons, "，方便党员就近就便学习。"),
    ]


def group_viewing(writer: Writer) -> Sentence:
    """Viewing together at stations and in rooms."""
    if not writer.value("group_viewing_activities"):
        return []
    n = writer.number
    return [
        "依托远程教育站点等场所组织集中收看",
        *(n("group_viewing_activities"), "次、", n("group_viewing_person_times"), "人次。"),
    ]


def key_classes(writer: Writer) -> Sentence:
    """下: the city's key classes."""
    if not writer.value("city_key_people"):
        return _offline(writer)
    n, year = writer.number, writer.year
    held = _held_here(writer, year.city_key)
    names = [year.audience_name(a.audience) for a in year.held_in(year.city_key) if a.audience]
    sentence: Sentence = [
        "“下”，就是办好重点班次抓线下培训。",
        "举办市级重点培训班" if held else "组织人员参加市级重点培训班",
        *(n("city_key_classes"), "期，培训", n("city_key_people"), "人"),
    ]
    if names:
        sentence.append(f"，对象为{listed(names, most=10)}")
    if len(set(names)) > 1:
        sentence += ["，共", n("city_key_audiences"), "类"]
    return [*sentence, "。", *_full_audiences(writer)]


def _full_audiences(writer: Writer) -> Sentence:
    full = [reach.audience.name for reach in writer.year.key_reach if reach.is_full]
    if not full:
        return []
    return [f"{listed(full, most=10)}", *_of_classes(writer, full), "实现了重点培训全覆盖。"]


def _of_classes(writer: Writer, full: list[str]) -> Sentence:
    return [writer.number("city_key_audiences_full"), "类人员"] if len(full) > 1 else []


def _offline(writer: Writer) -> Sentence:
    if not writer.value("offline_person_times"):
        return []
    n = writer.number
    return [
        "“下”，就是面对面抓线下培训。",
        *("共开展线下培训", n("offline_activities"), "次，参加", n("offline_people"), "人、"),
        *(n("offline_person_times"), "人次。"),
    ]


def all_classes(writer: Writer) -> Sentence:
    """Off-the-job classes of every tier."""
    if not writer.value("class_people"):
        return []
    n, year = writer.number, writer.year
    own = all(a.organiser_id in year.roll.branches for a in year.attended.chosen("class"))
    return [
        "各级共举办脱产培训班" if own else "所属人员参加各级脱产培训班",
        *(n("class_activities"), "期，", "培训" if own else "共"),
        *(n("class_people"), "人、", n("class_person_times"), "人次。"),
    ]


def classroom(writer: Writer) -> Sentence:
    """内: lectures and study indoors, and how they were taught."""
    if not writer.value("classroom_person_times"):
        return []
    n = writer.number
    sentence: Sentence = ["“内”，就是抓实课堂教学。"]
    kinds = (("lecture", "举办专题讲座"), ("branch_study", "开展支部集中学习"))
    told: Sentence = []
    for key, words in kinds:
        if writer.value(f"{key}_activities"):
            told += [words, n(f"{key}_activities"), "次、", n(f"{key}_person_times"), "人次，"]
    sentence += told or ["组织课堂内教学", n("classroom_activities"), "次，"]
    sentence += ["课堂内教学共", n("classroom_person_times"), "人次。"]
    used = [name for name, _ in modes(writer.year).most_common()]
    if len(used) > 1:
        sentence.append(f"教学中综合采用{listed(used, most=MODES)}方式，贴近基层实际讲、围绕工作需要学。")
    return sentence


def field(writer: Writer) -> Sentence:
    """外: lessons at bases and memorials."""
    if not writer.value("field_person_times"):
        return []
    n = writer.number
    places = _places(writer, "field")
    where = f"依托{listed(places, most=PLACES)}，" if places else ""
    return [
        f"“外”，就是用活课堂外阵地。{where}开展现场教学等课堂外活动",
        *(n("field_activities"), "次，参加", n("field_people"), "人、", n("field_person_times"), "人次。"),
    ]


def off_site(writer: Writer) -> Sentence:
    """Special classes away from home."""
    if not writer.value("offsite_people"):
        return []
    n, year = writer.number, writer.year
    classes = year.held_in(year.off_site)
    places = [a.place for a in classes if a.place]
    names = [year.audience_name(a.audience) for a in classes if a.audience]
    verb = "举办" if _held_here(writer, year.off_site) else "组织人员参加"
    return [
        f"其中，在{listed(places, most=3)}{verb}" if places else f"其中，{verb}",
        *("外出专题培训班", n("offsite_classes"), "期，"),
        f"对{listed(names, most=5)}" if names else "对",
        *(n("offsite_people"), "人开展现场教学培训。"),
    ]


def practice(writer: Writer) -> Sentence:
    """实: working systems, leading actions, practical skills."""
    n, year = writer.number, writer.year
    told: Sentence = []
    if writer.value("practice_systems"):
        names = [t.name for t in year.taught_topics(TopicGroup.WORKING_SYSTEM)]
        told += [f"围绕{_quoted(names, most=7)}", *_number_of(writer, "practice_systems", "项制度"), "作了专题辅导，"]
    if writer.value("leading_actions"):
        names = [t.name for t in year.taught_topics(TopicGroup.LEADING_ACTION)]
        told += [f"对{listed(names, most=6)}", *_number_of(writer, "leading_actions", "项行动"), "作了重点解读，"]
    if writer.value("practice_person_times"):
        told += ["实务培训共", n("practice_activities"), "次、", n("practice_person_times"), "人次。"]
    return ["“实”，就是突出党务实务。", *_closed(told)] if told else []


def _number_of(writer: Writer, key: str, unit: str) -> Sentence:
    """How many there are, where more than one is named."""
    return [writer.number(key), unit] if writer.value(key) > 1 else []


def secretaries(writer: Writer) -> Sentence:
    """Classes for grassroots secretaries."""
    if not writer.value("secretary_people"):
        return []
    n = writer.number
    verb = "举办" if _held_here(writer, writer.year.secretaries) else "组织参加"
    return [
        f"把基层党组织书记作为重中之重，{verb}书记培训班",
        *(n("secretary_classes"), "期，培训基层党组织书记", n("secretary_people"), "人。"),
    ]


def theory(writer: Writer) -> Sentence:
    """虚: theory, policy, history."""
    if not writer.value("theory_person_times"):
        return []
    n, year = writer.number, writer.year
    names = [t.name for t in year.taught_topics(TopicGroup.THEORY)]
    about = f"以{listed(names, most=TOPICS)}为主要内容，" if names else ""
    return [
        f"“虚”，就是强化理论武装。{about}组织理论学习和理想信念教育",
        *(n("theory_activities"), "次，参加", n("theory_people"), "人、", n("theory_person_times"), "人次。"),
    ]


def positive(writer: Writer) -> Sentence:
    """正: models to follow."""
    if not writer.value("positive_person_times"):
        return []
    n = writer.number
    works = _works(writer, "positive")
    through = f"通过收看、学习{listed(works, most=WORKS)}等，" if works else ""
    return [
        f"“正”，就是用先进典型引路。{through}开展先进典型教育",
        *(n("positive_activities"), "次，参加", n("positive_people"), "人、", n("positive_person_times"), "人次。"),
    ]


def warning(writer: Writer) -> Sentence:
    """反: warning education."""
    if not writer.value("warning_person_times"):
        return []
    n = writer.number
    works, places = _works(writer, "warning"), _places(writer, "warning")
    by = "，".join(
        part
        for part in (
            f"依托{listed(places, most=3)}" if places else "",
            f"组织收看{listed(works, most=WORKS)}等警示教育片" if works else "",
        )
        if part
    )
    return [
        f"“反”，就是用反面案例警醒。{by + '，' if by else ''}开展警示教育",
        *(n("warning_activities"), "次，参加", n("warning_people"), "人、", n("warning_person_times"), "人次。"),
    ]


def _held_here(writer: Writer, rows: list[ClassEntry]) -> bool:
    """Whether the organisation, or one below it, held all of these classes."""
    return all(a.organiser_id in writer.year.roll.branches for a in writer.year.held_in(rows))


def _attended(writer: Writer, selection: str) -> Iterator[tuple[Held, int]]:
    attended = writer.year.attended
    for pk, times in attended.person_times.items():
        if SELECTIONS[selection](attended.held[pk]):
            yield attended.held[pk], times


def _places(writer: Writer, selection: str) -> list[str]:
    """Places of field lessons, the most visited first."""
    visits: Counter[str] = Counter()
    for activity, times in _attended(writer, selection):
        if activity.place and activity.setting == "field" and activity.kind != "class":
            visits[activity.place] += times
    return [place for place, _ in visits.most_common()]


def _works(writer: Writer, selection: str) -> list[str]:
    """What stands in 《》 in the titles of activities, the most attended first."""
    seen: Counter[str] = Counter()
    for activity, times in _attended(writer, selection):
        for work in TITLED.findall(activity.title):
            seen[work] += times
    return [work for work, _ in seen.most_common()]


def _quoted(names: list[str], *, most: int) -> str:
    first, *rest = names
    return listed([f"“{first}”" if "“" not in first else first, *rest], most=most)


def _closed(sentence: Sentence) -> Sentence:
    """The sentence with a full stop in place of its last comma."""
    last = sentence[-1]
    if isinstance(last, str) and last.endswith("，"):
        return [*sentence[:-1], last[:-1] + "。"]
    return sentence

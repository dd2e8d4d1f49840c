"""The words in which every activity is described and by which reports are cut."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ActivityKind(models.TextChoices):
    """活动类型: what took place. Credit packs convert each kind into hours."""

    CLASS = "class", _("脱产培训班")
    LECTURE = "lecture", _("专题讲座")
    BRANCH_STUDY = "branch_study", _("支部集中学习")
    GROUP_VIEWING = "group_viewing", _("集中收看")
    THEME_DAY = "theme_day", _("主题党日")
    FIELD = "field", _("现场教学")
    ONLINE_LESSON = "online_lesson", _("网络课程")
    TEST = "test", _("测试")
    TEACHING = "teaching", _("授课")
    IN_HOUSE = "in_house", _("单位内训")
    OTHER = "other", _("其他")


class Tier(models.TextChoices):
    """层级: who holds it."""

    PROVINCIAL = "provincial", _("省级示范")
    CITY_KEY = "city_key", _("市级重点")
    COUNTY = "county", _("县级普遍")
    GRASSROOTS = "grassroots", _("基层党委兜底")


class Delivery(models.TextChoices):
    """上下结合."""

    ONLINE = "online", _("线上")
    OFFLINE = "offline", _("线下")


class Setting(models.TextChoices):
    """内外结合."""

    CLASSROOM = "classroom", _("课堂内")
    FIELD = "field", _("课堂外")


class Strand(models.TextChoices):
    """实虚结合."""

    PRACTICE = "practice", _("实务")
    THEORY = "theory", _("理论")


class Example(models.TextChoices):
    """正反结合; most activities are neither."""

    POSITIVE = "positive", _("正面典型")
    WARNING = "warning", _("警示教育")


class ProgrammeKind(models.TextChoices):
    """项目类别."""

    KEY = "key", _("重点")
    SPECIAL = "special", _("专题")
    ROTATION = "rotation", _("轮训")
    OTHER = "other", _("其他")

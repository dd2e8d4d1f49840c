"""What the tables say of the work: counts, seals, backups, queue, sessions."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import Min
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from peixun.home.queries.doctor.finding import Finding
from peixun.ledger.models import CreditEntry, Seal
from peixun.people.models import AuditEntry, Organisation, Person

CLOCK_BEHIND = timedelta(seconds=5)
SEAL_WAITS = timedelta(minutes=10)
QUEUE_WAITS = timedelta(minutes=10)
BACKUP_AGE = timedelta(days=2)
SESSIONS_KEPT = timedelta(days=2)


def findings(*, at: datetime) -> Iterator[Finding]:
    """All of them."""
    yield _clock(at)
    yield _counts()
    yield _seal(at)
    yield _backup(at)
    yield _queue(at)
    yield _sessions(at)


def _clock(at: datetime) -> Finding:
    """A clock that runs behind what is written already was put back, or was never set."""
    last = AuditEntry.objects.order_by("-at").values_list("at", flat=True).first()
    right = last is None or last - at < CLOCK_BEHIND
    value = _("，").join((settings.TIME_ZONE, _moment(at)))
    if last is not None and not right:
        value += _("，早于审计记录里的 %(time)s") % {"time": _moment(last)}
    return Finding("clock", _("时区和时钟"), right, value, _("校准本机时钟（chrony 或 systemd-timesyncd）"))


def _counts() -> Finding:
    value = _("党组织 %(organisations)s，人员 %(persons)s，学时记录 %(credits)s") % {
        "organisations": f"{Organisation.objects.count():,}",
        "persons": f"{Person.objects.count():,}",
        "credits": f"{CreditEntry.objects.count():,}",
    }
    return Finding("rows", _("数据"), right=True, value=value)


def _seal(at: datetime) -> Finding:
    last = Seal.objects.order_by("number").values("watermark", "sealed_at").last()
    waiting = CreditEntry.objects.filter(pk__gt=last["watermark"] if last else 0)
    oldest = waiting.aggregate(oldest=Min("posted_at"))["oldest"]
    right = oldest is None or at - oldest < SEAL_WAITS
    value = _("上次 %(time)s") % {"time": _moment(last["sealed_at"])} if last else _("还没有封存过")
    if oldest:
        value += _("，有 %(count)s 条待封存") % {"count": f"{waiting.count():,}"}
    return Finding("seal", _("台账封存"), right, value, _("后台进程每分钟封存一次，请检查它是否在运行"))


def _backup(at: datetime) -> Finding:
    last = AuditEntry.objects.filter(action="backup").order_by("-at").values_list("at", flat=True).first()
    value = _("上次 %(time)s") % {"time": _moment(last)} if last else _("没有备份过")
    nothing_to_lose = settings.DEMO or not Person.objects.exists()
    right = nothing_to_lose or (last is not None and at - last < BACKUP_AGE)
    return Finding("backup", _("备份"), right, value, _("运行 peixun backup，并安排每夜执行，见 docs/backup.md"))


def _queue(at: datetime) -> Finding:
    waiting = DBTaskResult.objects.ready()
    oldest = waiting.aggregate(oldest=Min("enqueued_at"))["oldest"]
    right = oldest is None or at - oldest < QUEUE_WAITS
    value = _("等待 %(waiting)s 项，失败 %(failed)s 项") % {
        "waiting": waiting.count(),
        "failed": DBTaskResult.objects.failed().count(),
    }
    return Finding("queue", _("后台任务"), right, value, _("后台进程没有取走任务，请检查它的日志"))


def _sessions(at: datetime) -> Finding:
    alive = Session.objects.filter(expire_date__gt=at).count()
    left = Session.objects.filter(expire_date__lt=at - SESSIONS_KEPT).count()
    value = _("有效 %(alive)s，过期未清理 %(left)s") % {"alive": alive, "left": left}
    return Finding("sessions", _("登录会话"), not left, value, _("后台进程每小时清理一次，请检查它是否在运行"))


def _moment(at: datetime) -> str:
    return f"{localtime(at):%Y-%m-%d %H:%M}"

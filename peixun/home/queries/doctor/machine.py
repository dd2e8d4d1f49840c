"""Program, settings and machine: what can be seen without a database."""

import base64
import binascii
import os
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from shutil import disk_usage

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.translation import gettext as _

from peixun.home.queries import health
from peixun.home.queries.doctor.finding import Finding
from peixun.kernel import backups, clock

LOW_DISK = 1024**3
KEY_BYTES = 32
LEAST_LETTERS = 32


def findings() -> Iterator[Finding]:
    """All of them."""
    yield _program()
    yield _keys()
    yield _backup_key()
    yield _https()
    yield _second_factor()
    yield _business_date()
    yield _disk()
    yield _data_folder()
    yield _front_end()
    yield _worker()
    yield _metrics()


def _program() -> Finding:
    parts = (f"Peixun {version('peixun')}", f"Python {sys.version.split()[0]}", f"Django {version('django')}")
    words = _("，").join(parts)
    return Finding("program", _("程序"), right=True, value=words)


def _keys() -> Finding:
    advice = _("见 docs/settings.md，生成并设置三个密钥")
    if settings.KEYS_ARE_DEFAULT:
        value = _("默认密钥（演示）") if settings.DEMO else _("默认密钥")
        return Finding("keys", _("密钥"), right=bool(settings.DEMO), value=value, advice=advice)
    weak = [name for name, well in _strength() if not well]
    value = _("过短或格式不对：%(names)s") % {"names": _("、").join(weak)} if weak else _("已设置")
    return Finding("keys", _("密钥"), right=not weak, value=value, advice=advice)


def _strength() -> Iterator[tuple[str, bool]]:
    yield "PEIXUN_SECRET_KEY", len(settings.SECRET_KEY) >= LEAST_LETTERS
    yield "PEIXUN_DATA_KEYS", bool(settings.DATA_KEYS) and all(map(_is_whole_key, settings.DATA_KEYS))
    yield "PEIXUN_LOOKUP_KEY", len(settings.LOOKUP_KEY) >= LEAST_LETTERS


def _is_whole_key(text: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(text)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def _backup_key() -> Finding:
    advice = _("设置 PEIXUN_BACKUP_KEY，见 docs/backup.md")
    try:
        backups.backup_key()
    except backups.BackupRefused as refusal:
        return Finding("backup_key", _("备份密钥"), right=False, value=str(refusal), advice=advice)
    value = _("默认密钥（演示）") if settings.BACKUP_KEY_IS_DEFAULT else _("已设置")
    return Finding("backup_key", _("备份密钥"), right=True, value=value)


def _https() -> Finding:
    value = _("已开启") if settings.HTTPS else _("未开启")
    advice = _("在 HTTPS 之后运行，并设置 PEIXUN_HTTPS=1")
    return Finding("https", "HTTPS", right=bool(settings.HTTPS or settings.DEMO), value=value, advice=advice)


def _second_factor() -> Finding:
    on = settings.SECOND_FACTOR_REQUIRED
    value = _("看得到乡镇以上数据的账号必须启用") if on else _("不要求")
    advice = _("去掉 PEIXUN_SECOND_FACTOR=0")
    return Finding("second_factor", _("两步验证"), right=bool(on or settings.DEMO), value=value, advice=advice)


def _business_date() -> Finding:
    fixed = bool(settings.TODAY)
    value = clock.today().isoformat() + (_("（固定）") if fixed else "")
    advice = _("去掉 PEIXUN_TODAY：正式系统的业务日期就是当天")
    return Finding("business_date", _("业务日期"), right=not fixed or settings.DEMO, value=value, advice=advice)


def _disk() -> Finding:
    free = disk_usage(health.data_folder()).free
    value = _("可用 %(gigabytes)s GB") % {"gigabytes": f"{free / 1024**3:.1f}"}
    return Finding("disk", _("磁盘"), right=free > LOW_DISK, value=value, advice=_("清理磁盘或换目录"))


def _data_folder() -> Finding:
    folder = health.data_folder()
    open_to_others = bool(folder.stat().st_mode & 0o007)
    if not os.access(folder, os.W_OK):
        value, right = _("%(folder)s 不能写入") % {"folder": folder}, False
    elif open_to_others and not settings.DEMO:
        value, right = _("%(folder)s 本机其他用户可以读取") % {"folder": folder}, False
    else:
        value, right = str(folder), True
    advice = _("归运行系统的用户所有，权限设为 750（chmod 750）")
    return Finding("data_folder", _("数据目录"), right=right, value=value, advice=advice)


def _front_end() -> Finding:
    built = bool(finders.find("peixun/dist/manifest.json"))
    value = _("已构建") if built else _("未构建")
    return Finding("front_end", _("页面资源"), built, value, _("运行 make frontend，或安装带页面资源的程序包"))


def _worker() -> Finding:
    check = health.worker(now=time.time())
    age = health.worker_age(now=time.time())
    value = _("没有运行过") if age is None else _("%(seconds)s 秒前有心跳") % {"seconds": f"{age:.0f}"}
    return Finding("worker", _("后台进程"), check.ok, value, _("运行 peixun serve 或 peixun worker"))


def _metrics() -> Finding:
    value = _("凭令牌读取") if settings.METRICS_TOKEN else _("只有本机能读取")
    return Finding("metrics", _("监控指标（可选）"), right=True, value=value)

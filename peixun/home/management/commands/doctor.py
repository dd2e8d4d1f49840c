"""`peixun doctor`: what is installed, configured, reachable, and what is missing."""

import json
import shutil
import sys
import time
from argparse import ArgumentParser
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from peixun.kernel import clock, guards, periodic
from peixun.ledger.models import CreditEntry
from peixun.people.models import Organisation, Person

LOW_DISK = 1024**3
STALE_HEARTBEAT = 60


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: right, or not, and what to do then."""

    name: str
    right: bool
    value: str
    advice: str = ""


class Command(BaseCommand):
    """Looks and tells; changes nothing. Exit status 1 when something is missing."""

    help = "What is installed, configured and reachable, and what is missing. Example: peixun doctor --format json"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options."""
        parser.add_argument("--format", choices=["text", "json"], default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at everything."""
        findings = [self._python(), self._keys(), self._disk(), self._front_end(), self._worker()]
        findings += self._database()
        if options["format"] == "json":
            self.stdout.write(json.dumps([asdict(f) for f in findings], ensure_ascii=False))
        else:
            for finding in findings:
                mark = "✓" if finding.right else "✗"
                advice = f"  → {finding.advice}" if finding.advice and not finding.right else ""
                self.stdout.write(f"{mark} {finding.name}：{finding.value}{advice}")
        if not all(finding.right for finding in findings):
            sys.exit(1)

    def _python(self) -> Finding:
        words = f"Peixun {version('peixun')}，Python {sys.version.split()[0]}，Django {version('django')}"
        return Finding("程序", right=True, value=words)

    def _keys(self) -> Finding:
        right = not settings.KEYS_ARE_DEFAULT or settings.DEMO
        words = "默认密钥" if settings.KEYS_ARE_DEFAULT else "已设置"
        return Finding(
            "密钥", right, words + ("（演示）" if settings.DEMO else ""), "见 docs/settings.md，生成并设置三个密钥"
        )

    def _disk(self) -> Finding:
        folder = Path(settings.DATA)
        while not folder.exists():
            folder = folder.parent
        free = shutil.disk_usage(folder).free
        return Finding("磁盘", free > LOW_DISK, f"{settings.DATA}，可用 {free / 1024**3:.1f} GB", "清理磁盘或换目录")

    def _front_end(self) -> Finding:
        found = finders.find("peixun/dist/manifest.json")
        return Finding(
            "页面资源", bool(found), "已构建" if found else "未构建", "运行 make frontend，或安装带页面资源的程序包"
        )

    def _worker(self) -> Finding:
        beat = periodic.heartbeat_file()
        age = time.time() - beat.stat().st_mtime if beat.exists() else None
        words = "没有运行过" if age is None else f"{age:.0f} 秒前有心跳"
        return Finding(
            "后台进程", age is not None and age < STALE_HEARTBEAT, words, "运行 peixun serve 或 peixun worker"
        )

    def _database(self) -> list[Finding]:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            executor = MigrationExecutor(connection)
            pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        except DatabaseError as error:
            return [Finding("数据库", right=False, value=str(error).splitlines()[0], advice="检查 PEIXUN_DATABASE_URL")]
        found = [Finding("数据库", right=True, value=connection.vendor)]
        if pending:
            words = f"有 {len(pending)} 个更新没有执行"
            return [*found, Finding("数据库结构", right=False, value=words, advice="运行 peixun migrate")]
        missing = guards.missing()
        words = "全部在位" if not missing else "缺少 " + "、".join(missing)
        found.append(Finding("台账保护", not missing, words, "运行 peixun migrate，保护会重新建立"))
        counts = (
            f"党组织 {Organisation.objects.count():,}，人员 {Person.objects.count():,}，"
            f"学时记录 {CreditEntry.objects.count():,}"
        )
        found.append(Finding("数据", right=True, value=counts))
        found.append(
            Finding("业务日期", right=True, value=clock.today().isoformat() + ("（固定）" if settings.TODAY else ""))
        )
        return found

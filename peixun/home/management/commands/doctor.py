"""`peixun doctor`: what is installed, configured, reachable, and what is missing."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from peixun.home.queries.doctor import Finding, examine
from peixun.people.commands import DONE, FINDINGS, PeixunCommand, Refused
from peixun.people.queries.scope import Actor, system_actor


class Command(PeixunCommand):
    """Looks and tells; changes nothing."""

    help = "体检：程序、密钥、数据库、后台进程、备份是否正常，缺什么；有问题时退出码为 1"
    example = "peixun doctor\npeixun doctor --format json --language en"

    def add_arguments(self, parser: CommandParser) -> None:
        """The language of the findings."""
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE, help=_("用哪种语言说明"))

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """Look at everything."""
        with translation.override(options["language"]):
            findings = list(examine(at=timezone.now()))
        right = all(finding.right for finding in findings)
        if options["format"] == "json":
            self.print_json({"right": right, "findings": [asdict(finding) for finding in findings]})
        else:
            for finding in findings:
                self.stdout.write(_line(finding))
        return DONE if right else FINDINGS

    def _actor(self, login: str | None) -> Actor:
        if login:
            raise Refused(_("体检看的是整个系统，只能以系统身份执行，不能使用 --as"))
        return system_actor()


def _line(finding: Finding) -> str:
    mark = "✓" if finding.right else "✗"
    advice = f"  → {finding.advice}" if finding.advice and not finding.right else ""
    return f"{mark} {finding.name}：{finding.value}{advice}"

"""What every `peixun` command shares: who acts, the output format, exit status, one line for a refusal.

    class Command(PeixunCommand):
        help = "…"
        example = "peixun coverage --org 6204 --year 2017"

        def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
            …
            return FINDINGS if found else DONE

`run` prints with `self.stdout`, or with `self.print_json` when `options["format"]` is `json`. It raises `Refused`
with a sentence for people when nothing can be done.
"""

import argparse
import sys
from typing import Any, NoReturn

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.db import OperationalError, ProgrammingError
from django.utils.translation import gettext as _

from peixun.kernel import clock
from peixun.people.models import Account
from peixun.people.queries.scope import Actor, actor_of, system_actor

DONE = 0
FINDINGS = 1
REFUSED = 2

# Django's own options that nobody needs to see in the help of a product's command.
_HIDDEN = {"--version", "--settings", "--pythonpath", "--traceback", "--no-color", "--force-color", "--skip-checks"}


class Refused(CommandError):
    """The command can't be done as asked; the text is one line for people. Exit status 2."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, returncode=REFUSED)


class _Help(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the example."""


class _OneLineParser(CommandParser):
    """Says what is wrong with the arguments in one line."""

    def error(self, message: str) -> NoReturn:
        """Refuse; from the command line, print the reason and leave with status 2."""
        if getattr(self, "called_from_command_line", False):
            sys.stderr.write(f"{self.prog}: {message}\n")
            raise SystemExit(REFUSED)
        raise Refused(message)


class PeixunCommand(BaseCommand):
    """A command with `--as` and `--format`, an example in its help, and exit status 0, 1 or 2."""

    example = ""
    """Shown at the end of `--help`: one command a line."""
    formats: tuple[str, ...] = ("text", "json")
    """What `--format` takes, the default first."""

    requires_system_checks: list[str] = []
    suppressed_base_arguments = _HIDDEN

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The parser with the shared options; subclasses add theirs in `add_arguments`."""
        parser = _OneLineParser(
            prog=f"{prog_name.rpartition('/')[2]} {subcommand}",
            description=_(self.help) if self.help else None,
            epilog=_("例：") + "\n" + "\n".join(f"  {line}" for line in self.example.strip().splitlines()),
            formatter_class=_Help,
            missing_args_message=getattr(self, "missing_args_message", None),
            called_from_command_line=getattr(self, "_called_from_command_line", None),
            **kwargs,
        )
        parser.add_argument(
            "--as", dest="login", metavar="LOGIN", help=_("以这个账号的权限范围执行；不填时以系统身份执行")
        )
        parser.add_argument("--format", choices=self.formats, default=self.formats[0], help=_("输出格式"))
        self.add_base_argument(
            parser, "-v", "--verbosity", default=1, type=int, choices=[0, 1, 2, 3], help=_("详细程度")
        )
        for name in ("--settings", "--pythonpath"):
            self.add_base_argument(parser, name, help="")
        for name in ("--traceback", "--no-color", "--force-color", "--skip-checks"):
            self.add_base_argument(parser, name, action="store_true", help="")
        self.add_arguments(parser)
        return parser

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run as whoever acts. Leaves with SystemExit when the exit status isn't 0."""
        status = self.run(actor=self._actor(options["login"]), options=options)
        if status:
            raise SystemExit(status)

    def run(self, *, actor: Actor, options: dict[str, Any]) -> int:
        """Do the work and return the exit status: DONE or FINDINGS. Raises Refused."""
        raise NotImplementedError

    def run_from_argv(self, argv: list[str]) -> None:
        """Run from the command line; a refusal is one line on standard error and exit status 2."""
        try:
            super().run_from_argv([*argv])
        except (OperationalError, ProgrammingError) as error:
            if "--traceback" in argv:
                raise
            line = " ".join(str(error).split())
            sys.stderr.write(
                _("数据库不可用：%(reason)s。请检查 PEIXUN_DATABASE_URL，或先运行 peixun migrate") % {"reason": line}
            )
            sys.stderr.write("\n")
            raise SystemExit(REFUSED) from error

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run; from the command line, print a refusal without the name of its class."""
        try:
            return super().execute(*args, **options)
        except Refused as refusal:
            if not getattr(self, "_called_from_command_line", False) or options.get("traceback"):
                raise
            self.stderr.write(str(refusal))
            raise SystemExit(REFUSED) from refusal

    def print_json(self, document: Any) -> None:
        """Print one JSON document and nothing else."""
        self.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str).decode())

    def _actor(self, login: str | None) -> Actor:
        if not login:
            return system_actor()
        account = Account.objects.filter(login=login, is_active=True).first()
        if account is None:
            raise Refused(_("没有账号“%(login)s”，或者它已停用") % {"login": login})
        return actor_of(account, day=clock.today())

"""`peixun demo`: the invented city, made once and served."""

import sys
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command, get_commands
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peixun.demo.accounts import PASSWORD
from peixun.demo.operations import DemoRefused, DemoState, demo_state, load_city
from peixun.demo.size import LEAST_SCALE, MOST_SCALE, SEED
from peixun.people.models import Account

ADDRESS = "127.0.0.1:8000"
WIDTH = 30
BEGIN_ANEW = gettext_lazy("如要重新生成，请删除数据库（SQLite 为 PEIXUN_DATA 指定的文件夹）或换一个数据库，再运行一次")


class Command(BaseCommand):
    """Make and serve the demo city."""

    requires_system_checks = []

    help = (
        "Create and load the demo city, print one login for each role, and serve it.\n\n"
        "Example: peixun demo --scale 0.1 --no-serve"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Scale, seed, and whether to serve."""
        parser.add_argument(
            "--scale", type=float, default=1.0, help=f"size of the city, {LEAST_SCALE} to {MOST_SCALE} (1.0)"
        )
        parser.add_argument("--seed", type=int, default=SEED, help="the same seed makes the same city")
        parser.add_argument("--no-serve", action="store_true", help="load only")
        parser.add_argument("--bind", default=ADDRESS, help=f"address to serve on ({ADDRESS})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load if empty, say what is there, serve. Exit status 2 when the database holds something else."""
        settings.DATA.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        try:
            state = demo_state()
            if state is None:
                self._load(options)
            else:
                self._keep(state, options)
        except (DemoRefused, ValueError) as error:
            raise CommandError(f"{error}。{BEGIN_ANEW}。", returncode=2) from error
        self._say_who(options["bind"])
        if not options["no_serve"]:
            if "serve" not in get_commands():
                raise CommandError(_("这里没有 serve 命令，请加 --no-serve"), returncode=2)
            call_command("serve", bind=options["bind"])

    def _load(self, options: dict[str, Any]) -> None:
        bar = Bar()
        began = datetime.now(UTC)
        load_city(scale=options["scale"], seed=options["seed"], at=began, progress=bar.show)
        bar.close()
        seconds = (datetime.now(UTC) - began).total_seconds()
        self.stdout.write(_("演示城市已装好，用时 %(seconds).1f 秒") % {"seconds": seconds})

    def _keep(self, state: DemoState, options: dict[str, Any]) -> None:
        if not state.finished:
            raise DemoRefused(_("演示城市上次没有装完"))
        if (state.scale, state.seed) != (options["scale"], options["seed"]):
            raise DemoRefused(
                _("数据库里是另一座演示城市（--scale %(scale)s --seed %(seed)s）")
                % {"scale": state.scale, "seed": state.seed}
            )
        self.stdout.write(_("演示城市已在库中，数据保留"))

    def _say_who(self, bind: str) -> None:
        self.stdout.write(f"\nhttp://{bind}/\n")
        for account in Account.objects.exclude(demo_role="").order_by("pk"):
            self.stdout.write(f"  {account.login:<10} {PASSWORD}   {account.demo_role}")
        self.stdout.write("")


class Bar:
    """One line of progress on standard error, rewritten in place on a terminal."""

    def __init__(self) -> None:
        self.stage = ""
        self.live = sys.stderr.isatty()

    def show(self, stage: str, done: int, total: int) -> None:
        """Draw the stage's bar; a new stage begins a new line."""
        if self.stage and stage != self.stage and self.live:
            sys.stderr.write("\n")
        if self.live or done >= total:
            filled = WIDTH * done // max(1, total)
            start, end = ("\r", "") if self.live else ("", "\n")
            sys.stderr.write(f"{start}{stage}  {'█' * filled}{'·' * (WIDTH - filled)} {done:,}/{total:,}{end}")
            sys.stderr.flush()
        self.stage = stage

    def close(self) -> None:
        """Leave the last line."""
        if self.live and self.stage:
            sys.stderr.write("\n")

"""The `peixun` command: Django's management commands under the product's own name."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run one `peixun` command; exit status 0 done, 1 done with findings, 2 refused."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peixun.config.settings")
    if sys.argv[1:2] == ["demo"]:
        # Settings are read before a command is: the demo says here what it is, and its servers inherit it.
        os.environ.setdefault("PEIXUN_DEMO", "1")
        os.environ.setdefault("PEIXUN_TODAY", "2018-06-30")
    execute_from_command_line(["peixun", *sys.argv[1:]])


if __name__ == "__main__":
    main()

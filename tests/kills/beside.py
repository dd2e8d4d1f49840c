"""A process beside the product: does what it is asked for on standard input, a line of JSON each, and answers so."""

import importlib
import json
import sys

import django
from django.db import connection


def main() -> None:
    """Listen; no connection is held in between."""
    django.setup()
    scratch = importlib.import_module("tests.kills.scratch")  # its models need Django to be set up
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        work, given = json.loads(line)
        answer = scratch.found() if work == "found" else scratch.look(given)
        connection.close()
        answers.write(json.dumps(answer, ensure_ascii=False) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()

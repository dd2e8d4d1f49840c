"""Run a command against the PostgreSQL server on the usual local port; say so when none answers.

The server is looked for at PEIXUN_TEST_POSTGRESQL, or on 127.0.0.1:5432 as user `postgres`. Tests create databases of
their own there and drop them.
"""

import os
import subprocess
import sys

import psycopg

URL = os.environ.get("PEIXUN_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


def main() -> int:
    """Exit status of the command; 0 when no server answers."""
    try:
        with psycopg.connect(URL, connect_timeout=3) as connection:
            version = connection.info.server_version
    except psycopg.OperationalError as error:
        print(
            f"PostgreSQL: no server answers at {URL} ({str(error).splitlines()[0]}); that half of the suite is left out"
        )
        return 0
    print(f"PostgreSQL {version // 10000}: running the suite on it")
    return subprocess.call(sys.argv[1:], env={**os.environ, "PEIXUN_DATABASE_URL": URL})


if __name__ == "__main__":
    sys.exit(main())

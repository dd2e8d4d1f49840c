"""The database itself: there, young enough, complete, guarded."""

from collections.abc import Iterator

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from peixun.home.queries.doctor.finding import Finding
from peixun.kernel import guards

NEEDED = frozenset({"database", "structure"})
CLOCKS_APART_SECONDS = 5
OLDEST_POSTGRESQL = 140000


def findings() -> Iterator[Finding]:
    """All of them; only the first when the database doesn't answer."""
    try:
        yield _engine()
        yield _structure()
        yield _guards()
        yield from _of_sqlite() if connection.vendor == "sqlite" else _of_postgresql()
    except DatabaseError as error:
        value = " ".join(str(error).split())
        yield Finding("database", _("数据库"), right=False, value=value, advice=_("检查 PEIXUN_DATABASE_URL"))


def _engine() -> Finding:
    version = ".".join(str(part) for part in connection.get_database_version())
    return Finding("database", _("数据库"), right=True, value=f"{connection.display_name} {version}")


def _structure() -> Finding:
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    value = _("有 %(count)s 个更新没有执行") % {"count": pending} if pending else _("与程序一致")
    return Finding("structure", _("数据库结构"), not pending, value, _("先备份，再运行 peixun migrate"))


def _guards() -> Finding:
    missing = guards.missing()
    value = _("缺少 %(names)s") % {"names": _("、").join(missing)} if missing else _("全部在位")
    return Finding("guards", _("台账保护"), not missing, value, _("运行 peixun migrate，保护会重新建立"))


def _one(sql: str) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row: tuple[object, ...] = cursor.fetchone()
        return row


def _of_sqlite() -> Iterator[Finding]:
    mode = str(_one("PRAGMA journal_mode")[0])
    right = mode in {"wal", "memory"}  # tests keep theirs in memory
    advice = _("数据目录须在本机磁盘上，网络盘不支持 WAL")
    yield Finding("journal", _("写入方式"), right, mode.upper(), advice)


def _of_postgresql() -> Iterator[Finding]:
    new_enough = connection.cursor().connection.info.server_version >= OLDEST_POSTGRESQL
    value = _("14 或更新") if new_enough else _("过旧")
    yield Finding("server", _("PostgreSQL 版本"), new_enough, value, _("升级到 PostgreSQL 14 或更新"))
    (theirs,) = _one("SELECT extract(epoch FROM clock_timestamp())::float8")
    apart = abs(timezone.now().timestamp() - float(str(theirs)))
    value = _("相差 %(seconds)s 秒") % {"seconds": f"{apart:.1f}"}
    advice = _("校准两台机器的时钟")
    yield Finding("clocks", _("与数据库的时钟"), apart < CLOCKS_APART_SECONDS, value, advice)
    used, most = _one("SELECT count(*), current_setting('max_connections')::int FROM pg_stat_activity")
    right = int(str(used)) < 0.9 * int(str(most))
    yield Finding(
        "connections", _("数据库连接"), right, f"{used} / {most}", _("见 docs/install-postgresql.md 的连接数一节")
    )

"""Whether a database is empty: what a migration writes by itself doesn't count."""

from collections.abc import Callable, Iterable

from django.db import connection
from django.utils.translation import gettext as _

from peixun.kernel.backups.refusals import BackupRefused

MIGRATIONS = "django_migrations"
WRITTEN_BY_MIGRATING = {MIGRATIONS, "django_content_type", "auth_permission"}


def ours() -> set[str]:
    """Every table that this product knows."""
    return {*connection.introspection.django_table_names(), MIGRATIONS}


def refuse_occupied(tables: Iterable[str], has_rows: Callable[[str], bool]) -> None:
    """Raise BackupRefused unless every table is ours and empty."""
    tables = set(tables)
    if foreign := sorted(tables - ours()):
        raise BackupRefused(_("数据库里有不属于本系统的表 %(table)s，请恢复到空的数据库") % {"table": foreign[0]})
    if any(has_rows(table) for table in sorted(tables - WRITTEN_BY_MIGRATING)):
        raise BackupRefused(_("数据库里已有数据，备份只能恢复到空的系统"))

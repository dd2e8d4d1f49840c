"""Writes of the room: keeping person-years and roll-ups equal to a rebuild from nothing."""

from peixun.coverage.operations.changes import everything_changed, persons_changed, stamp_structure
from peixun.coverage.operations.refreshing import Refreshed, rebuild, rebuild_all, refresh

__all__ = ["Refreshed", "everything_changed", "persons_changed", "rebuild", "rebuild_all", "refresh", "stamp_structure"]

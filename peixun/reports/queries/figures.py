"""The figures of a year's work, each with the records that it was counted from.

Figures are named by keys. The keys of the contract are in `WORK_KEYS`; others follow patterns:
`<selection>_activities`, `<selection>_people`, `<selection>_person_times` for each selection of
`activities.SELECTIONS`, and keys that name an organisation or an audience after a colon: `uncovered_in:6204`.
"""

from datetime import date

from peixun.kernel.figures import Figure
from peixun.people.models import Organisation
from peixun.reports.queries import class_figures, coverage_figures, gap_figures, repeat_figures, topic_figures
from peixun.reports.queries.found import Found
from peixun.reports.queries.records import YearRecords

WORK_KEYS = (
    "trained_total",
    "members_total",
    "coverage_rate",
    "city_key_people",
    "city_key_audiences_full",
    "offsite_classes",
    "offsite_people",
    "secretary_classes",
    "secretary_people",
    "practice_systems",
    "leading_actions",
)
"""The contract's figures that records lie behind."""

_BUILDERS = {
    **coverage_figures.BUILDERS,
    **class_figures.BUILDERS,
    **topic_figures.BUILDERS,
    **gap_figures.BUILDERS,
    **repeat_figures.BUILDERS,
}
_NAMED = {**gap_figures.NAMED}


class Figures:
    """The figures of a year, each worked out when it is first asked for."""

    def __init__(self, records: YearRecords) -> None:
        self.records = records
        self._known: dict[str, Found | None] = {}

    def find(self, key: str) -> Found | None:
        """The figure with this key; None for a key that nothing answers to."""
        if key not in self._known:
            self._known[key] = self._build(key)
        return self._known[key]

    def __getitem__(self, key: str) -> Found:
        """The figure with this key. Raises KeyError for a key that nothing answers to."""
        found = self.find(key)
        if found is None:
            raise KeyError(key)
        return found

    def _build(self, key: str) -> Found | None:
        if key in _BUILDERS:
            return _BUILDERS[key](self.records)
        name, _, subject = key.partition(":")
        if subject and name in _NAMED:
            return _NAMED[name](self.records, subject)
        return coverage_figures.selection(self.records, key)


def work_figures(organisation: Organisation, *, year: int, as_of: date) -> list[Figure]:
    """The contract's figures for an organisation's subtree, up to a date of the year, in the contract's order.

    What has no records yet (`app_users`, `films_broadcast`) is not among them. Raises ValueError when the date lies
    outside the year.
    """
    figures = Figures(YearRecords(organisation, year, as_of))
    return [figures[key].figure for key in WORK_KEYS]

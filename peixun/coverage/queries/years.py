"""Which years have figures."""

from peixun.coverage.models import RollUp


def kept_years() -> list[int]:
    """Years whose figures are kept, ascending."""
    rows = RollUp.objects.filter(organisation__parent__isnull=True, cut="all")
    return sorted(set(rows.values_list("year", flat=True)))

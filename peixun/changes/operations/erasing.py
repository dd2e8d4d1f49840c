"""Words about somebody who is erased."""

from collections.abc import Collection
from datetime import datetime

from peixun.changes.models import PersonChange, Transfer


def erase_words(person_ids: Collection[int], _at: datetime) -> None:
    """This operation will remove what was written about these persons in transfers and changes; the dates stay."""
    Transfer.objects.filter(person__in=person_ids).update(reason="", note="")
    PersonChange.objects.filter(person__in=person_ids).update(words="")

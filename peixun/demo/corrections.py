"""Credits of 2018 that were posted by mistake and reversed, some of them replaced by the right hours."""

from peixun.demo.city import City
from peixun.kernel.hours import to_quarters
from peixun.ledger.models import CreditEntry
from peixun.ledger.operations import NewCredit, reverse

REASONS = ("签到表核对后发现本人未到场", "与其他活动重复登记")
PLAIN, REPLACED = 4, 2


def correct(city: City) -> int:
    """Reverse a handful of credits; returns how many."""
    entries = CreditEntry.objects.filter(source_kind="branch", happened_on__year=2018, hours__gt=2).order_by("pk")
    total = entries.count()
    places = sorted(city.rng.sample(range(total), min(total, PLAIN + REPLACED)))
    for number, place in enumerate(places):
        entry = entries[place]
        if number < REPLACED:
            reverse(
                entry,
                reason="学时登记有误，实际两小时",
                by=city.by,
                at=city.at,
                replacement=NewCredit(
                    entry.source_kind,
                    entry.source,
                    entry.source_ref,
                    entry.person_id,
                    entry.activity_id,
                    entry.happened_on,
                    to_quarters(2),
                    part=entry.part,
                    revision=entry.revision + 1,
                ),
            )
        else:
            reverse(entry, reason=city.rng.choice(REASONS), by=city.by, at=city.at)
    return len(places)

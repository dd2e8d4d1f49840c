"""What may be printed for the members of a branch who don't look at a phone."""

from dataclasses import dataclass
from datetime import date

from peixun.notices import kinds
from peixun.notices.models import Message
from peixun.people.models import Membership, Organisation, Person

MOST = 300


@dataclass(frozen=True, slots=True)
class Slip:
    """One unread message of one member."""

    message: Message
    person: Person


def slips(branch: Organisation, *, day: date) -> list[Slip]:
    """Unread messages of a branch's members, of kinds that may be printed, by name; three queries.

    Only what the branch may know anyway is of such a kind: other messages stay between the house and their reader.
    """
    rows = Membership.objects.on(day).filter(organisation=branch).select_related("person__account")
    people = {m.person.account.pk: m.person for m in rows if hasattr(m.person, "account")}
    printable = [kind.key for kind in kinds.known() if kind.printable]
    messages = Message.objects.filter(account__in=people, kind__in=printable, read_at__isnull=True)[:MOST]
    found = [Slip(message, people[message.account_id]) for message in messages]
    return sorted(found, key=lambda slip: (slip.person.pinyin, slip.person.pk, slip.message.pk))

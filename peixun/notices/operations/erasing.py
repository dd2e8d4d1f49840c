"""Messages of somebody who is erased."""

from collections.abc import Collection
from datetime import datetime

from peixun.notices.models import Feed, Message, Preference
from peixun.people.models import Account


def erase_messages(person_ids: Collection[int], _at: datetime) -> None:
    """This operation will remove the messages, wishes and calendar address of the accounts of these persons."""
    accounts = Account.objects.filter(person__in=person_ids)
    for model in (Message, Preference, Feed):
        model._default_manager.filter(account__in=accounts).delete()

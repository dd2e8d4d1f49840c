"""The demo's accounts."""

from django.db.models import QuerySet

from peixun.people.models import Account


def demo_accounts() -> QuerySet[Account]:
    """One account for each role, in the order in which they were made."""
    return Account.objects.filter(is_active=True).exclude(demo_role="").order_by("pk")

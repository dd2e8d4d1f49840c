"""What a device remembers of how its holder wants pages, in cookies that no script reads."""

from django.conf import settings
from django.http import HttpResponse

A_YEAR = 365 * 24 * 3600


def keep_on_device(response: HttpResponse, name: str, value: str) -> None:
    """Keep a value for a year; "" forgets it."""
    if value:
        response.set_cookie(
            name, value, max_age=A_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    else:
        response.delete_cookie(name, samesite="Lax")

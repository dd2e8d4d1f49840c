"""Addresses of the room."""

from django.urls import path

from peixun.ledger.views import entries, seals

app_name = "ledger"
urlpatterns = [
    path("entry/<int:entry_id>/", entries.entry, name="entry"),
    path("entry/<int:entry_id>/reverse/", entries.reverse_, name="reverse"),
    path("activity/<int:activity_id>/", entries.activity, name="activity"),
    path("seals/", seals.seals, name="seals"),
    path("seals/verify/", seals.verify, name="verify"),
]

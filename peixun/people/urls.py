"""Addresses of the room."""

from django.urls import path

from peixun.people.views import accounts, erasure, records, tokens, trail

app_name = "people"
urlpatterns = [
    path("organisations/<str:code>/", records.organisation, name="organisation"),
    path("<int:person_id>/numbers/", records.reveal, name="reveal"),
    path("<int:person_id>/erase/", erasure.erase, name="erase"),
    path("erasures/", erasure.index, name="erasures"),
    path("accounts/", accounts.index, name="accounts"),
    path("accounts/<int:account_id>/", accounts.account, name="account"),
    path("accounts/<int:account_id>/act/", accounts.act, name="account-act"),
    path("accounts/<int:account_id>/grants/<int:grant_id>/end/", accounts.end, name="end-role"),
    path("tokens/", tokens.own, name="own-tokens"),
    path("tokens/<int:token_id>/revoke/", tokens.revoke, name="revoke-token"),
    path("accounts/<int:account_id>/tokens/", tokens.of_account, name="account-tokens"),
    path("organisations/<str:code>/platform/", tokens.platform, name="platform"),
    path("organisations/<str:code>/roles/give/", accounts.give, name="give-role"),
    path("trail/", trail.trail, name="trail"),
    path("trail/whom/", trail.whom, name="trail-whom"),
    path("trail/export/", trail.export, name="trail-export"),
]

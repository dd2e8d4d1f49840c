"""Addresses of the room."""

from django.urls import path

from peixun.changes.views import duplicates, organisations, persons, transfers

app_name = "changes"
urlpatterns = [
    path("", transfers.index, name="index"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<int:organisation_change_id>/", organisations.organisation_change, name="organisation-change"),
    path("organisation/<str:code>/", organisations.organisation, name="organisation"),
    path("organisation/<str:code>/<slug:act>/", organisations.act, name="act"),
    path("branch/<str:code>/", transfers.branch, name="branch"),
    path("transfers/new/", transfers.new, name="new"),
    path("transfers/<int:transfer_id>/", transfers.transfer, name="transfer"),
    path("transfers/<int:transfer_id>/decide/", transfers.decide, name="decide"),
    path("person/<int:person_id>/", persons.person, name="person"),
    path("person/<int:person_id>/<slug:kind>/", persons.change, name="change"),
    path("person/<int:person_id>/undo/<int:change_id>/", persons.undo, name="undo"),
    path("duplicates/", duplicates.index, name="duplicates"),
    path("duplicates/<int:person_id>/<int:other_id>/", duplicates.compare, name="compare"),
    path("duplicates/<int:person_id>/<int:other_id>/apart/", duplicates.apart, name="apart"),
    path("duplicates/merged/<int:alias_id>/undo/", duplicates.separate, name="separate"),
    path("duplicates/apart/<int:apart_id>/undo/", duplicates.suspect_again, name="suspect-again"),
]

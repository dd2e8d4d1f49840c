"""Addresses of the room."""

from django.urls import path

from peixun.people.views import records, trail

app_name = "people"
urlpatterns = [
    path("organisations/<str:code>/", records.organisation, name="organisation"),
    path("<int:person_id>/numbers/", records.reveal, name="reveal"),
    path("trail/", trail.trail, name="trail"),
    path("trail/whom/", trail.whom, name="trail-whom"),
    path("trail/export/", trail.export, name="trail-export"),
]

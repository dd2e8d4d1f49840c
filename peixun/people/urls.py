"""Addresses of the room."""

from django.urls import path

from peixun.people import views

app_name = "people"
urlpatterns = [
    path("organisations/<str:code>/", views.organisation, name="organisation"),
    path("<int:person_id>/numbers/", views.reveal, name="reveal"),
]

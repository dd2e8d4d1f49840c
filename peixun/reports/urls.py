"""Addresses of the room."""

from django.urls import path

from peixun.reports import views

app_name = "reports"
urlpatterns = [
    path("", views.index, name="index"),
    path("<str:code>/<int:year>/", views.work, name="work"),
    path("<str:code>/<int:year>/figure/<str:key>/", views.figure, name="figure"),
]

"""Addresses of the room."""

from django.urls import path

from peixun.exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.index, name="index"),
    path("templates/<slug:key>.xlsx", views.template_file, name="template"),
    path("<int:pk>/", views.job, name="job"),
    path("<int:pk>/progress/", views.progress, name="progress"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/errors.xlsx", views.errors, name="errors"),
    path("<int:pk>/missing/", views.missing, name="missing"),
]

"""Addresses of the room."""

from django.urls import path

from peixun.exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.index, name="index"),
    path("templates/<slug:what>.xlsx", views.template_file, name="template"),
    path("<int:job_id>/", views.job, name="job"),
    path("<int:job_id>/progress/", views.progress, name="progress"),
    path("<int:job_id>/confirm/", views.confirm, name="confirm"),
    path("<int:job_id>/cancel/", views.cancel, name="cancel"),
    path("<int:job_id>/errors.xlsx", views.errors, name="errors"),
    path("<int:job_id>/missing/", views.missing, name="missing"),
]

"""Addresses of the room."""

from django.urls import path

from peixun.changes import views

app_name = "changes"
urlpatterns = [
    path("", views.index, name="index"),
    path("branch/<str:code>/", views.branch, name="branch"),
    path("transfers/new/", views.new, name="new"),
    path("transfers/<int:transfer_id>/", views.transfer, name="transfer"),
    path("transfers/<int:transfer_id>/decide/", views.decide, name="decide"),
]

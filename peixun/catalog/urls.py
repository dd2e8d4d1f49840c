"""Addresses of the room."""

from django.urls import path

from peixun.catalog import views

app_name = "catalog"
urlpatterns = [path("", views.index, name="index")]

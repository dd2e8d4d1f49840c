"""Django's registration of the room."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "peixun.home"

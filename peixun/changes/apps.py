"""Django's registration of the room."""

from django.apps import AppConfig


class ChangesConfig(AppConfig):
    name = "peixun.changes"

"""Django's registration of the room."""

from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "peixun.rulebook"

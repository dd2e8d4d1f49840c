"""Django's registration of the room."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "peixun.demo"

"""Django's registration of the room."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "peixun.reports"

"""Django's registration of the room."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "peixun.exchange"

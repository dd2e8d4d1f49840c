"""Django's registration of the room."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "peixun.catalog"

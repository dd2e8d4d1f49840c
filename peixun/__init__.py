"""Peixun (培训): training and education of every party member and cadre of a city, planned to reported."""

__version__ = "0.1.0"

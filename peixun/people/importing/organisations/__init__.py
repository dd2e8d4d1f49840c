"""Organisations from files: the importer, its rows, the checks of the tree they would make."""

from peixun.people.importing.organisations.importer import OrganisationImporter

__all__ = ["OrganisationImporter"]

"""Members from files: the importer, its rows, what stands already, what the rows change."""

from peixun.people.importing.members.importer import MemberImporter

__all__ = ["MemberImporter"]

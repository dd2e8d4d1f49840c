"""What the room takes in from files: organisations, members, posts, transfers.

Each importer is a folder or module of its own: how cells become values, what the rows mean for what is known, and
which operations write it. `register()` makes them known to commands and screens.
"""

from peixun.kernel import imports
from peixun.people.importing.members import MemberImporter
from peixun.people.importing.organisations import OrganisationImporter
from peixun.people.importing.posts import PostImporter
from peixun.people.importing.transfers import TransferImporter


def register() -> None:
    """Make the importers of this room known, in the order in which an installation is filled."""
    imports.register(OrganisationImporter())
    imports.register(MemberImporter())
    imports.register(PostImporter())
    imports.register(TransferImporter())

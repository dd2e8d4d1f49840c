"""What the room takes in from files: credit records. `register()` makes it known to commands and screens."""

from peixun.kernel import imports
from peixun.ledger.importing.importer import CreditImporter


def register() -> None:
    """Make the importer of this room known."""
    imports.register(CreditImporter())

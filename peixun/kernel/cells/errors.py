"""What every parser of cells raises."""


class CellError(ValueError):
    """A cell that can't be taken; `reason` says why, in words for the person who has the file."""

    def __init__(self, reason: str) -> None:
        """The reason is translated already."""
        super().__init__(reason)
        self.reason = reason

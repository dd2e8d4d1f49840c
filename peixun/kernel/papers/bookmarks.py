"""Names by which a printed figure can be found: the same in the .docx (bookmarks) and on screen (ids)."""

import hashlib
import re

LONGEST = 40  # what Word allows


class Bookmarks:
    """Gives each figure of one paper its own name: fig_total, and fig_total_2 where it is printed again."""

    def __init__(self) -> None:
        """Start with no name taken."""
        self._taken: set[str] = set()

    def name(self, key: str) -> str:
        """Return the next free name for the figure key: letters, digits and underscores, at most 40."""
        plain = "fig_" + re.sub(r"[^A-Za-z0-9]", "_", key)
        name, number = _short(plain, key, ""), 1
        while name.lower() in self._taken:
            number += 1
            name = _short(plain, key, f"_{number}")
        self._taken.add(name.lower())  # Word takes fig_a and fig_A for one
        return name


def _short(plain: str, key: str, ending: str) -> str:
    if len(plain) + len(ending) <= LONGEST:
        return plain + ending
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    return f"{plain[: LONGEST - len(ending) - 9]}_{digest}{ending}"

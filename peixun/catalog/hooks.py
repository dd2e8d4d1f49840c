"""What this room tells whoever registered, in the same transaction."""

from peixun.kernel.hooks import StructureHook

packs_changed = StructureHook()
"""A pack was published or ended: everybody may be concerned."""

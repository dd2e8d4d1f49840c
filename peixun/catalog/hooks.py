"""What this room tells whoever registered, in the same transaction."""

from peixun.kernel.hooks import StructureHook

packs_changed = StructureHook()
"""A pack was published or ended: everybody may be concerned."""
responsibilities_changed = StructureHook()
"""A pack of responsibilities was published: no figure changes, but whose task somebody is."""

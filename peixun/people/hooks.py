"""What this room tells whoever registered, in the same transaction."""

from peixun.kernel.hooks import ChangeHook, StructureHook

changed = ChangeHook()
"""Memberships, posts, statuses or aliases of persons changed."""

tree_grew = StructureHook()
"""Organisations were founded: nobody's figures change, but whoever remembers the tree must look again."""

structure_changed = StructureHook()
"""The tree, an organisation's attributes or an audience changed: everybody may be concerned."""

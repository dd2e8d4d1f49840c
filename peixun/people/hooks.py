"""What this room tells whoever registered, in the same transaction."""

from peixun.kernel.hooks import ChangeHook, ErasureHook, StructureHook

changed = ChangeHook()
"""Memberships, posts, statuses or aliases of persons changed."""

erased = ErasureHook()
"""Persons are being erased: whoever holds words about them, or to them, removes those; their accounts go after that."""

tree_grew = StructureHook()
"""Organisations were founded, or closed when nobody stood there any more: nobody's figures change by that alone, but
whoever remembers the tree must look again. Fire it before `changed`, which works with the tree as it stands then."""

structure_changed = StructureHook()
"""The tree, an organisation's attributes or an audience changed: everybody may be concerned."""

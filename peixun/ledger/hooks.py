"""What this room tells whoever registered, in the same transaction."""

from peixun.kernel.hooks import ChangeHook

changed = ChangeHook()
"""Credits of these persons were posted or reversed in these years."""

"""Coverage: who is due, covered and fulfilled, worked out from the roll, the ledger and the packs.

Owns person-years and roll-ups, kept equal to a rebuild from nothing. Door: `queries.position`, `queries.gaps`,
`operations.refresh`. Never: knows which source an hour came from, writes below itself.
"""

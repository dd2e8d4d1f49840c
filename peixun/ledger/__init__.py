"""Ledger: what took place, and the hours that each person earned from it; append-only.

Owns activities, credit entries and the seals over them. Door: `operations.post`, `operations.reverse`,
`operations.seal`, `queries`. Never: edits or deletes, holds a person's name or number, knows who sends it credits.
"""

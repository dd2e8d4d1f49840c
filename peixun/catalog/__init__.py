"""Catalog: the vocabulary of activities, topics, and the rules of the time as dated, sourced packs.

Owns topics, requirement packs (who owes how many hours) and credit packs (what earns hours, caps, carry-over).
Door: `queries.rule_book()` to read them all, `operations` to publish. Never: a person's hours.
"""

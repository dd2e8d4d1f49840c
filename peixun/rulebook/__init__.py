"""Rulebook: drafts of requirement and credit packs, and audiences, tried out before they hold.

Owns drafts, what trying them out found, and the pages on which rules are edited. Door: `operations.publish`. Never:
writes packs or audiences itself (that is `catalog.operations`, `people.operations`), nor works out coverage itself.
"""

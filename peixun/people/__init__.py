"""People: organisations, persons, memberships, posts, audiences, accounts, grants, audit.

Owns who exists, where they belong on which day, and who may see and change what.
Door: `queries` to read, `operations` to write, `hooks.changed` to be told.
Never: counts hours, knows a class, a lesson or a figure.
"""

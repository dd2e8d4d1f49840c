"""Kernel: business date, hours, dated intervals, hooks, file plumbing, base templates.

Owns what every room needs and no room could own. Door: its modules, each small. It never knows a business
word, a room above it, or a table of its own.
"""

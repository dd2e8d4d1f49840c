"""Writes of the room, by topic."""

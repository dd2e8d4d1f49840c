"""Notices: messages to people, what waits for whom, reminders and calendar files.

Owns messages, how each account wants them, and their deliveries over channels. Doors: `operations.send`, and the
registries `kinds.register`, `channels.register`, `waiting.register` for the rooms above. Never:
knows what a message is about.
"""

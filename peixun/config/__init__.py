"""Settings, addresses and server entry points. No logic lives here."""

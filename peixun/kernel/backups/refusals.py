"""Why a backup can't be made or restored."""


class BackupRefused(Exception):
    """It can't be done; the text is one line for people."""

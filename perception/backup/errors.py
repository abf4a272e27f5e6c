"""What keeps a backup from being made or restored."""


class BackupError(Exception):
    """Its text says what is wrong, what was kept, and what to do."""

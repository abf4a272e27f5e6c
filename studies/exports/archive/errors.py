"""What an archive can be refused for."""


class ArchiveError(Exception):
    """The file cannot be checked as an archive of a study; the message says why."""

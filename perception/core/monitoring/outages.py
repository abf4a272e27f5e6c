"""What keeps the program from storing anything, and is no mistake of its own: it passes, and the same then works."""

import errno

from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, NotSupportedError, ProgrammingError

OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO})
OF_A_STATEMENT = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""What a database says of a statement that is wrong; all else it says of itself."""


def is_outage(error: BaseException | None) -> bool:
    """Say whether an error tells of a database that is away, full or read-only, or of a disk that is."""
    if isinstance(error, DatabaseError | InterfaceError):
        return not isinstance(error, OF_A_STATEMENT)
    return isinstance(error, OSError) and error.errno in OF_THE_DISK

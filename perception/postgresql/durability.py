"""Whether a server keeps what it acknowledged: what no connection can mend is said by a check."""

from typing import Any

from django.core.checks import CheckMessage
from django.core.checks import Warning as CheckWarning
from django.db.backends.base.validation import BaseDatabaseValidation

# What each setting has to be on for; a connection cannot change it.
NEEDED = {
    "fsync": "answers that were acknowledged are lost, and the whole database perhaps, if its machine crashes",
    "full_page_writes": "a page of the database that is half written when its machine crashes stays so",
}


class DurabilityCheck(BaseDatabaseValidation):
    """The database's part of `manage.py check --database default`."""

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        """Return a warning for each setting of the server by which a crash loses data (one query)."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name FROM pg_settings WHERE name = ANY(%s) AND setting = 'off'", [list(NEEDED)])
            off = sorted(name for (name,) in cursor.fetchall())
        return [
            CheckWarning(
                f"The PostgreSQL server has {name} = off: {NEEDED[name]}.",
                hint=f"Set {name} = on in its postgresql.conf and start it anew.",
                id=f"perception.postgresql.{name}",
            )
            for name in off
        ]

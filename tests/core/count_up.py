"""Count up one row of the database from several threads: `python -m tests.core.count_up THREADS TIMES`.

Reading, adding one and writing back in one transaction is what loses counts, or fails with "database is locked",
where two transactions can both read before either writes.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import django
from django.db import connection, transaction


def main(threads: int, times: int) -> None:
    """Add `threads` × `times` to the counter."""
    django.setup()
    from django.contrib.sessions.models import Session  # models can be imported from here on

    def count() -> None:
        for _ in range(times):
            with transaction.atomic():
                counter = Session.objects.get(pk="counter")
                counter.session_data = str(int(counter.session_data) + 1)
                counter.save()
        connection.close()

    with ThreadPoolExecutor(threads) as pool:
        for ended in [pool.submit(count) for _ in range(threads)]:
            ended.result()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

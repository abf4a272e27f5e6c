"""The site's measurements, for Prometheus: counts and times of the whole site, none of a study or of a person.

What the database knows is counted when it is asked; the times of requests are kept by each web process in a file of
its own, and added up here.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import connection
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from perception.core.monitoring.measurements import gauge, measures

__all__ = ["CONTENT_TYPE", "FOLDER_VARIABLE", "forget_process", "measurements_text"]

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""The variable of the environment in which prometheus_client looks for the folder of the processes' files."""


def measurements_text() -> bytes:
    """Return everything that is measured, in Prometheus' text format."""
    registry = CollectorRegistry()
    if FOLDER_VARIABLE in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Measured())
    return generate_latest(registry)


def forget_process(pid: int) -> None:
    """Add a web process that has ended to those that did before."""
    if FOLDER_VARIABLE in os.environ:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]


class _Measured:
    """What is counted at the moment of asking."""

    def collect(self) -> Iterable[Metric]:
        """Yield each measurement."""
        yield from _of_the_machine()
        for measure in measures():
            yield from measure()


def _of_the_machine() -> Iterable[Metric]:
    yield gauge(
        "data_folder_free_bytes", "Room on the disk of the data folder.", shutil.disk_usage(settings.DATA_DIR).free
    )
    yield gauge("database_bytes", "Size of the database.", _database_bytes())


def _database_bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    file = Path(str(connection.settings_dict["NAME"]))
    beside = (file, file.with_name(f"{file.name}-wal"))
    return sum(path.stat().st_size for path in beside if path.is_file())

"""The site's measurements, for Prometheus: counts and times of the whole site, none of a study or of a person.

What the database knows is counted when it is asked; the times of requests are kept by each web process in a file of
its own, and added up here. Prometheus' library is loaded where somebody asks, and not with every command.
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection

from perception.core.monitoring.measurements import Measurement, measures

if TYPE_CHECKING:
    from prometheus_client.core import Metric

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""The variable of the environment in which prometheus_client looks for the folder of the processes' files."""


def measurements_text() -> tuple[bytes, str]:
    """Return everything that is measured, in Prometheus' text format, and the type of that content."""
    from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    if FOLDER_VARIABLE in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Measured())
    return generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4


def forget_process(pid: int) -> None:
    """Add a web process that has ended to those that did before."""
    if FOLDER_VARIABLE in os.environ:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(pid)  # type: ignore[no-untyped-call]


class _Measured:
    """What is counted at the moment of asking."""

    def collect(self) -> Iterable["Metric"]:
        """Yield each measurement."""
        for measure in (_of_the_machine, *measures()):
            yield from map(_as_gauge, measure())


def _as_gauge(measured: Measurement) -> "Metric":
    from prometheus_client.core import GaugeMetricFamily

    labels = [measured.label] if measured.label else []
    gauge = GaugeMetricFamily(f"perception_{measured.name}", measured.told, labels=labels)
    if isinstance(measured.numbers, float | int):
        gauge.add_metric([], measured.numbers)
    else:
        for value, number in measured.numbers.items():
            gauge.add_metric([value], number)
    return gauge


def _of_the_machine() -> Iterable[Measurement]:
    free = shutil.disk_usage(settings.DATA_DIR).free
    yield Measurement("data_folder_free_bytes", "Room on the disk of the data folder.", free)
    yield Measurement("database_bytes", "Size of the database.", _database_bytes())


def _database_bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    file = Path(str(connection.settings_dict["NAME"]))
    beside = (file, file.with_name(f"{file.name}-wal"))
    return sum(path.stat().st_size for path in beside if path.is_file())

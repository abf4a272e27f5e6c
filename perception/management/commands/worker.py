"""`manage.py worker`: does queued work, on this machine or any other that reaches the database and the storage."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ml.workers.database_queue import work_on_database
from ml.workers.keeper import Keeper


class Command(BaseCommand):
    """Do queued work until a signal comes."""

    help = (
        "Do queued work until a signal comes, from the queue in the database or on Redis (TASKS=rq), and take over "
        "what workers left that died. Any number may run, on any machines that reach the database and the storage."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument(
            "--until-empty", action="store_true", help="end when the queue is empty, instead of waiting for more work"
        )

    def handle(self, *, until_empty: bool, **options: Any) -> None:
        """Work; a signal ends it after the step that is being done, and hands the run back to the queue."""
        keeper = Keeper()
        keeper.start()
        try:
            if settings.QUEUE == "rq":
                from ml.workers.redis_queue import work_on_redis  # its libraries are an extra

                work_on_redis(until_empty=until_empty)
            else:
                work_on_database(until_empty=until_empty)
        finally:
            keeper.end()

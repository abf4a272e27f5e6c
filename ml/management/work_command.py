"""What the commands for long work share: do it now under a progress bar, or queue it for the worker."""

import signal
import sys
from argparse import ArgumentParser
from types import FrameType
from typing import Any, NoReturn, TypeVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import models

from ml.errors import MlError
from ml.runs import perform
from ml.tasks import enqueue
from ml.work import Work
from perception.progress import terminal_progress

Made = TypeVar("Made", bound=models.Model)


class WorkCommand(BaseCommand):
    """A command that makes one thing by one run."""

    title: str
    unit = "step"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what every such command takes."""
        parser.add_argument(
            "--enqueue", action="store_true", help="queue the work for the background worker and return at once"
        )

    def work(self, options: dict[str, Any]) -> Work[Any]:
        """Return the work that the command line asks for."""
        raise NotImplementedError

    def tell(self, made: Any, options: dict[str, Any]) -> None:
        """Print what was made."""
        raise NotImplementedError

    def handle(self, **options: Any) -> None:
        """Do the work, or queue it."""
        try:
            work = self.work(options)
            if options["enqueue"]:
                run = enqueue(work)
                self.stdout.write(f"Queued as run {run.pk}; the worker of `manage.py serve` does it.")
            else:
                self.tell(self._do(work), options)
        except MlError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. The same command goes on from the last checkpoint "
                f"(one every {settings.CHECKPOINT_SECONDS:g} s).",
                returncode=130,
            ) from None

    def _do(self, work: Work[Made]) -> Made:
        # Ends as Ctrl-C does: what was half-made is removed, and the run is marked.
        before = signal.signal(signal.SIGTERM, _exit_on_signal)
        try:
            with terminal_progress(self.title, unit=self.unit) as progress:
                return perform(work, progress=progress)
        finally:
            signal.signal(signal.SIGTERM, before)


def _exit_on_signal(signum: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + signum)

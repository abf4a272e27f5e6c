"""What the commands for long work share: do it now under a progress bar, or queue it for the worker."""

import signal
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from types import FrameType
from typing import Generic, NoReturn, TypeVar

from django.conf import settings
from django.core.management.base import CommandError
from django.db import models, transaction

from ml.errors import MlError, within_a_screen
from ml.management.data_command import DataCommand, Options, add_owner_arguments, owner_of
from ml.runs.lifecycle import perform
from ml.runs.work import Work
from ml.tasks import enqueue_checked
from perception.core.progress import terminal_progress

Made = TypeVar("Made", bound=models.Model)
Done = TypeVar("Done", bound=models.Model)


class WorkCommand(DataCommand, Generic[Made]):
    """A command that makes one thing by one run, or several things by a run each."""

    title: str
    unit = "step"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add what every such command takes."""
        parser.add_argument(
            "--enqueue", action="store_true", help="queue the work for the background worker and return at once"
        )
        add_owner_arguments(parser)

    def work(self, options: Options) -> Work[Made]:
        """Return the work that the command line asks for."""
        raise NotImplementedError

    def works(self, options: Options) -> Sequence[Work[Made]]:
        """Return all the work that the command line asks for, where it may be several runs."""
        return [self.work(options)]

    def find_reusable(self, work: Work[Made]) -> Made | None:
        """Return what one of several works made when the same command ran before; None if it is still to be done."""
        return None

    def tell(self, made: Made, options: Options) -> None:
        """Print what was made."""
        raise NotImplementedError

    def handle(self, **options: object) -> None:
        """Do the work, or queue it."""
        try:
            works = self.works(options)
            if len(works) > 1:
                works = self._still_to_do(works)
            if options["enqueue"]:
                self._enqueue(works, options)
            else:
                self._do_all(works, options)
        except MlError as error:
            raise CommandError(within_a_screen(str(error))) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. The same command goes on from the last checkpoint "
                f"(one every {settings.CHECKPOINT_SECONDS:g} s).",
                returncode=130,
            ) from None

    def _still_to_do(self, works: Sequence[Work[Made]]) -> list[Work[Made]]:
        """Leave out what is there, and refuse at once what one of the others could only refuse after hours."""
        left = []
        for work in works:
            there = self.find_reusable(work)
            if there is None:
                work.check()
                left.append(work)
            else:
                self.stdout.write(f"{str(there._meta.verbose_name).capitalize()} {str(there)!r} is there already.")
        return left

    def _enqueue(self, works: Sequence[Work[Made]], options: Options) -> None:
        for work in works:
            work.check()
        with transaction.atomic():
            by, shared = owner_of(options), bool(options["share"])
            runs = [enqueue_checked(work, by=by, shared=shared) for work in works]
        for run in runs:
            self.stdout.write(f"Queued as run {run.pk}; the worker of `manage.py serve` does it.")

    def _do_all(self, works: Sequence[Work[Made]], options: Options) -> None:
        for place, work in enumerate(works, start=1):
            title = self.title if len(works) == 1 else f"{self.title} ({place} of {len(works)})"
            try:
                made = self._do(work, title, options)
            except MlError as error:
                if len(works) == 1:
                    raise
                raise MlError(
                    f"{_name(work)}: {error}\nWhat was made before it is kept. The same command makes what is "
                    f"missing: {', '.join(map(_name, works[place - 1 :]))}."
                ) from error
            self.tell(made, options)

    def _do(self, work: Work[Done], title: str, options: Options) -> Done:
        # Ends as Ctrl-C does: what was half-made is removed, and the run is marked.
        before = signal.signal(signal.SIGTERM, _exit_on_signal)
        try:
            with terminal_progress(title, unit=self.unit) as progress:
                return perform(work, by=owner_of(options), shared=bool(options["share"]), progress=progress)
        finally:
            signal.signal(signal.SIGTERM, before)


def _name(work: Work[models.Model]) -> str:
    return repr(work.as_options().get("name"))


def _exit_on_signal(signum: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + signum)

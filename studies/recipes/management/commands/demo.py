"""`manage.py demo`: make the demonstration study, and serve it."""

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from ml.errors import MlError
from perception.core.progress import terminal_progress
from perception.serving.address import parse_address
from perception.serving.errors import ServeError
from studies.errors import StudyError


class Command(BaseCommand):
    """Prepare the demonstration, print the links, serve."""

    help = (
        "Make a demonstration study from synthetic lesions (what is there already is used again), print the "
        "researcher's login and the observers' links, and serve it."
    )
    # The tables may not be there yet.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument(
            "--bind", default="127.0.0.1:8000", metavar="HOST:PORT", help="where to serve (default: %(default)s)"
        )
        parser.add_argument("--no-serve", action="store_true", help="prepare everything, and do not serve")
        parser.add_argument(
            "--simulate", action="store_true", help="have two simulated observers answer a study of their own"
        )

    def handle(self, *, bind: str, no_serve: bool, simulate: bool, **options: Any) -> None:
        """Prepare, print, and become the server."""
        try:
            url = parse_address(bind).url
        except ServeError as error:
            raise CommandError(str(error)) from error
        call_command("migrate", interactive=False, verbosity=0)
        # Not at the top: the services of the image side are needed for this command alone.
        from studies.recipes.demo import demo_file, prepare_demo

        try:
            demo = prepare_demo(
                simulate=simulate,
                base_url=os.environ.get("PERCEPTION_BASE_URL", "").rstrip("/") or url,
                show_progress=terminal_progress,
            )
        except (MlError, StudyError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. What was finished is kept; `demo` goes on from there.")
            sys.exit(130)
        self.stdout.write(
            "\nThe demonstration is ready. Its lesions are synthetic, and chosen to be attackable.\n\n"
            f"  Researcher   {url}/   user {demo.username}   password {demo.password}"
        )
        for number, link in enumerate(demo.observers, start=1):
            self.stdout.write(f"  Observer {number}   {link}")
        self.stdout.write(f"  Report       {demo.report}")
        self.stdout.write(
            f"  Strengths    {demo.strengths_report}   answered by simulated observers\n\n  (also in {demo_file()})\n"
        )
        if not no_serve:
            self._become_the_server(bind)

    def _become_the_server(self, bind: str) -> None:
        """Replace this process, and with it the memory that the training took."""
        connections.close_all()
        self.stdout.flush()
        command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "serve", "--bind", bind]
        os.execv(sys.executable, command)  # noqa: S606 - no shell is wanted

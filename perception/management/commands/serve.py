"""`manage.py serve`: the production web server and the background worker, in one command."""

import os
import sys
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import ExitStack, suppress
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import DatabaseError, connections
from django.urls import reverse

from ml.workers.presence import note_death
from perception.accounts.errors import AccountError
from perception.accounts.first_account import first_account_code, nobody_has_an_account
from perception.serving.address import Address, open_listener, parse_address, unanswered_because
from perception.serving.errors import ServeError
from perception.serving.preparation import database_warnings, prepare_data_folder
from perception.serving.programs import background_worker, web_server
from perception.serving.supervisor import Supervisor


def _at_least_one(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number of at least 1.")
    return number


class Command(BaseCommand):
    """Prepare the data folder, then run gunicorn and one worker until a signal comes."""

    help = "Serve the site: brings the data folder up to date, then runs the web server and one background worker."
    # The preparation runs the checks that matter here; the children run the others.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument(
            "--bind",
            default="127.0.0.1:8000",
            metavar="HOST:PORT",
            help="where to listen (default: %(default)s; 0.0.0.0:8000 for every network, port 0 for any free port)",
        )
        parser.add_argument(
            "--workers", type=_at_least_one, default=2, metavar="N", help="web processes (default: %(default)s)"
        )
        parser.add_argument(
            "--threads", type=_at_least_one, default=8, metavar="N", help="threads in each (default: %(default)s)"
        )
        parser.add_argument(
            "--no-worker",
            action="store_true",
            help="the web server alone, where `manage.py worker` runs elsewhere on the same database",
        )

    def handle(self, *, bind: str, workers: int, threads: int, no_worker: bool, **options: Any) -> None:
        """Serve until a signal comes; exit with the web server's status if it ends by itself."""
        try:
            status = self._serve(parse_address(bind), workers=workers, threads=threads, with_worker=not no_worker)
        except ServeError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:  # before there was anything to stop
            status = 130
        if status:
            sys.exit(status)

    def _serve(self, address: Address, *, workers: int, threads: int, with_worker: bool) -> int:
        with ExitStack() as stack:
            listener = stack.enter_context(open_listener(address))
            url = Address(address.host, listener.getsockname()[1]).url
            prepare_data_folder()
            for warning in database_warnings():
                self._warn(warning)
            if advice := unanswered_because(address, settings.ALLOWED_HOSTS):
                self._warn(advice)
            read_end, write_end = os.pipe()
            supervisor = Supervisor(
                web=web_server(listener, ready=write_end, workers=workers, threads=threads),
                worker=background_worker() if with_worker else None,
                ready=read_end,
                on_ready=lambda: self._tell_ready(url),
                on_worker_death=self._note_death,
                say=self._warn,
            )

            def let_go() -> None:
                """Close this process's copies, so that both end with the web server."""
                listener.close()
                os.close(write_end)

            return supervisor.run(after_start=let_go)

    def _tell_ready(self, url: str) -> None:
        self._say(f"Serving at {url} (Ctrl-C stops it).")
        try:
            if nobody_has_an_account():
                page = f"{url}{reverse('accounts:first')}"
                self._say(
                    f"Nobody has an account yet. Make the first one at {page} with the code {first_account_code()}"
                )
        except (AccountError, DatabaseError, OSError) as error:
            self._warn(f"The code for the first account could not be made: {error}")
        finally:
            connections.close_all()

    def _note_death(self, pid: int) -> None:
        """Let the dead worker's run go on at once; a database that is away must not end the supervision."""
        try:
            note_death(pid)
        except DatabaseError as error:
            self._warn(f"That the worker ended could not be noted; its run goes on when its lease is over: {error}")
        finally:
            connections.close_all()

    def _say(self, line: str) -> None:
        _write(self.stdout, line)

    def _warn(self, line: str) -> None:
        _write(self.stderr, line)


def _write(stream: OutputWrapper, line: str) -> None:
    # It may be a file on a disk that is full: that nobody is told must not end the server.
    with suppress(OSError):
        stream.write(line)
        stream.flush()

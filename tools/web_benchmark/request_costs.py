"""What each kind of request of a session costs, without a web server (`python -m tools.web_benchmark.request_costs`).

One observer after the other goes through a whole session, by the WSGI application in this very process: the CPU is that
of the program alone, and of writing to the disk. What the web server and the kernel's network add is the difference to
`make bench-web`. `database` is what the processes of PostgreSQL's server take meanwhile. With one answer in each
transaction, storing costs more than under a crowd.
"""

import argparse
import io
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlencode

from tools.postgresql import PostgresqlServer, postgresql_server
from tools.web_benchmark.observer import HEADERS
from tools.web_benchmark.page_reading import files_of, read_page
from tools.web_benchmark.process_usage import cpu_seconds

N_PERTURBED, N_CLEAN, IMAGE_SIZE = 30, 20, 256
WARMING_UP = 3  # sessions
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Costs:
    """Asks the application, and counts by kind of request what that costs."""

    def __init__(self, application: Application) -> None:
        """Count nothing yet."""
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.requests: defaultdict[str, int] = defaultdict(int)
        self._application = application

    def ask(
        self, kind: str, address: str, form: Mapping[str, str] | None = None, *, accept: str = "*/*"
    ) -> tuple[dict[str, str], bytes]:
        """Return headers and body of the reply to a request, a POST where there is a form.

        Raises
        ------
        RuntimeError
            The reply is neither what was asked for nor a redirect.
        """
        said: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            said.extend((status, dict(headers)))

        environment = _environment(address, form, accept)
        began = time.process_time()
        reply = self._application(environment, start)
        body = b"".join(reply)
        close = getattr(reply, "close", None)
        if close is not None:
            close()
        self.seconds[kind] += time.process_time() - began
        self.requests[kind] += 1
        status, headers = said
        if not status.startswith(("200", "303")):
            raise RuntimeError(f"{kind}: {status}")
        return headers, body


def _environment(address: str, form: Mapping[str, str] | None, accept: str) -> dict[str, Any]:
    body = urlencode(form or {}).encode()
    path, _, query = address.partition("?")
    return {
        "REQUEST_METHOD": "GET" if form is None else "POST",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1:8000",
        "HTTP_ACCEPT": accept,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in HEADERS.items()},
        **(
            {}
            if form is None
            else {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": f"{len(body)}"}
        ),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
    }


def play(costs: Costs, token: str) -> int:
    """Go through a session as a browser with JavaScript does; return the number of trials."""
    fetched: set[str] = set()

    def page(kind: str, address: str) -> bytes:
        _, body = costs.ask(kind, address)
        for file in files_of(body):
            if file not in fetched:
                fetched.add(file)
                costs.ask("file", file)
        return body

    def send(kind: str, address: str, body: bytes) -> str:
        form = read_page(body).form
        headers, _ = costs.ask(kind, address, form.fields if form is not None else {})
        return headers["Location"]

    welcome = f"/o/{token}/"
    instructions = send("consent", welcome, page("welcome page", welcome))
    trial = send("instructions left", instructions, page("instructions", instructions))
    shown = read_page(page("trial page", trial))
    step, trials = shown.step, 0
    if step is None:
        raise RuntimeError("a trial page without a step")
    for image in step["image_urls"]:
        costs.ask("image", image)
    while True:
        for image in step["next"]["image_urls"] if step["next"] else []:
            costs.ask("image", image)
        said = {"response": "clean", "rt_ms": "1234", "pixel_ratio": "1", "window_width": "1280", "visible": "1"}
        _, body = costs.ask("answer", step["answer_url"], said, accept="application/json")
        step, trials = json.loads(body), trials + 1
        if step["reload"] or step["finished"]:
            page("end", step["url"])
            return trials


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.web_benchmark.request_costs", description="What each kind of request of a session costs."
    )
    parser.add_argument("--sessions", type=int, default=20, help="default: %(default)s")
    parser.add_argument("--images", type=int, default=N_PERTURBED + N_CLEAN, help="default: %(default)s")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite", help="default: %(default)s")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="request-costs-"))
        os.environ |= {"PERCEPTION_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "perception.settings"}
        os.environ.pop("DATABASE_URL", None)
        database = None
        if options.database == "postgresql":
            database = stack.enter_context(postgresql_server(durable=True))
            os.environ["DATABASE_URL"] = database.url
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        try:
            _measure(options.sessions, options.images, database)
        finally:
            connections.close_all()
    return 0


def _measure(sessions: int, images: int, database: PostgresqlServer | None) -> None:
    from perception.wsgi import application
    from tools.web_benchmark.prepared_study import invite, make_study

    n_perturbed = max(1, images * N_PERTURBED // (N_PERTURBED + N_CLEAN))
    study = make_study(n_perturbed=n_perturbed, n_clean=max(1, images - n_perturbed), image_size=IMAGE_SIZE)
    tokens = invite(study, WARMING_UP + sessions)
    for token in tokens[:WARMING_UP]:
        play(Costs(application), token)
    costs = Costs(application)
    before = 0.0 if database is None else cpu_seconds(database.pid)
    trials = sum(play(costs, token) for token in tokens[WARMING_UP:])
    sys.stdout.write(f"{'request':<18} {'a session':>9} {'µs each':>8} {'s per 1,000 trials':>19}\n")
    for kind, seconds in costs.seconds.items():
        requests = costs.requests[kind]
        sys.stdout.write(
            f"{kind:<18} {requests / sessions:>9.0f} {1e6 * seconds / requests:>8.0f} "
            f"{1000 * seconds / trials:>19.3f}\n"
        )
    total = sum(costs.seconds.values())
    if database is not None:
        taken = cpu_seconds(database.pid) - before
        total += taken
        sys.stdout.write(f"{'database':<18} {'':>9} {'':>8} {1000 * taken / trials:>19.3f}\n")
    sys.stdout.write(f"{'all':<18} {'':>9} {'':>8} {1000 * total / trials:>19.3f}\n")


if __name__ == "__main__":
    sys.exit(main())

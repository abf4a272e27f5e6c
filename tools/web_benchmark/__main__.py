"""What the server does under observers who all take part at once (`make bench-web`).

In a temporary data folder and on a free port, started as docs/operations.md says (`manage.py serve`: gunicorn and the
background worker), from a study of 30 perturbed and 20 clean images. When the server has come to rest after its start,
a few observers warm it up. Then N observers go through whole sessions at the same time, over kept-alive connections
as browsers do, in a process of their own. What is measured:

browser
    `script`: one trial page, then images fetched ahead and answers for JSON. `form`: page, image and form each time.
trials/s
    All trials by the wall clock from the first request to the last reply, consent and end page included.
page, image, answer
    Milliseconds from the request to the last byte of the reply: half, 95 % and 99 % take no longer.
RSS, PSS
    The largest memory of the server's processes that was seen; PSS counts once what they share.
server CPU, client CPU
    User and system seconds for 1,000 trials. The server's are those of all its processes, and of all of PostgreSQL's
    with `--database postgresql`; consent is included.
opening
    With `--opening N` the worker opens a study of N stimuli meanwhile; the longest waits of observers are told.
others
    Cores that everything else on the machine took meanwhile. Above about 0.3 the speeds are spoiled, the CPU less so.

At the end the database is compared with what the observers were told: each acknowledged answer is there once, with
the value that was sent. The exit status is 1 if not, or if a request failed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tools.postgresql import PostgresqlServer, postgresql_server
from tools.web_benchmark.observer import Browser

if TYPE_CHECKING:
    from studies.models import Study
    from tools.served import Served
    from tools.web_benchmark.figures import Run
    from tools.web_benchmark.load_generator import Encounters, Order
    from tools.web_benchmark.process_usage import Memory

N_PERTURBED, N_CLEAN = 30, 20
SECONDS_BETWEEN_LOOKS = 0.5
WARMING_UP = 4  # observers
LONGEST_START = 60.0  # seconds
ALMOST_NOTHING = 0.02  # CPU seconds in a second


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    options = _read_options(arguments)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-web-"))
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
        try:
            return _measure(options, Path(folder), database)
        finally:
            connections.close_all()


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.web_benchmark", description="What the server does under observers who take part at once."
    )
    parser.add_argument("--n", type=_numbers, default=[1, 8, 32], help="observers at once (default: 1,8,32)")
    parser.add_argument("--repeat", type=_at_least_one, default=3, help="runs for each (default: %(default)s)")
    parser.add_argument("--image-size", type=_at_least_one, default=256, help="side in pixels (default: %(default)s)")
    parser.add_argument(
        "--think", type=float, default=0.0, help="seconds that an image is looked at (default: %(default)s)"
    )
    parser.add_argument("--browser", type=Browser, choices=list(Browser), action="append", help="default: both")
    parser.add_argument("--images", type=_at_least_one, default=N_PERTURBED + N_CLEAN, help="default: %(default)s")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite", help="default: %(default)s")
    parser.add_argument(
        "--opening", type=_at_least_one, help="stimuli of a study that the worker opens during the first run"
    )
    parser.add_argument("--workers", type=_at_least_one, help="web processes (default: that of `serve`)")
    parser.add_argument("--threads", type=_at_least_one, help="threads in each (default: that of `serve`)")
    return parser.parse_args(arguments)


def _measure(options: argparse.Namespace, folder: Path, database: PostgresqlServer | None) -> int:
    from tools.served import serving
    from tools.web_benchmark.figures import HEAD, line_of, longest_of, verdict_of
    from tools.web_benchmark.opening import begin_opening, make_draft, told
    from tools.web_benchmark.prepared_study import make_study

    n_perturbed = max(1, options.images * N_PERTURBED // (N_PERTURBED + N_CLEAN))
    study = make_study(
        n_perturbed=n_perturbed, n_clean=max(1, options.images - n_perturbed), image_size=options.image_size
    )
    flags = [f"--{name}={getattr(options, name)}" for name in ("workers", "threads") if getattr(options, name)]
    sys.stdout.write(
        f"{study.n_images} trials of {options.image_size} × {options.image_size} pixels, looked at for "
        f"{options.think:g} s; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before; "
        f"manage.py serve {' '.join(flags)} on {options.database}\n\n{HEAD}\n"
    )
    every: list[Run] = []
    draft = make_draft(options.opening, like=study) if options.opening else None
    with serving(folder, *flags) as served:
        _let_come_to_rest(served.pid)
        roots = [served.pid, *([database.pid] if database else [])]
        _run(served, roots, study, browser=Browser.SCRIPT, observers=WARMING_UP, think=0.0)
        opening = begin_opening(draft) if draft else None
        for browser in options.browser or list(Browser):
            for observers in options.n:
                runs = [
                    _run(served, roots, study, browser=browser, observers=observers, think=options.think)
                    for _ in range(options.repeat)
                ]
                sys.stdout.write(f"{line_of(runs)}\n")
                sys.stdout.flush()
                every += runs
        if opening:
            sys.stdout.write(f"{told(opening, longest_of(every))}\n")
    sys.stdout.write(f"\n{verdict_of(every)}\n")
    return 0 if all(run.is_sound for run in every) else 1


def _run(
    served: "Served", roots: Sequence[int], study: "Study", *, browser: Browser, observers: int, think: float
) -> "Run":
    """Let so many observers go through a session, all at once; `roots` are the processes whose trees are the server."""
    from tools.web_benchmark.figures import Run
    from tools.web_benchmark.prepared_study import invite
    from tools.web_benchmark.process_usage import cpu_seconds, machine_cpu_seconds
    from tools.web_benchmark.stored_answers import check_stored

    tokens = invite(study, observers)
    order: Order = {
        "host": served.host,
        "port": served.port,
        "tokens": tokens,
        "browser": browser.value,
        "think": think,
    }
    own_roots = {os.getpid(), *roots[1:]}  # this process's descendants are the server and the load generator
    server, machine = sum(map(cpu_seconds, roots)), machine_cpu_seconds()
    own = sum(map(cpu_seconds, own_roots))
    met, peak = _send_observers(order, served.pid)
    server, machine = sum(map(cpu_seconds, roots)) - server, machine_cpu_seconds() - machine
    own = sum(map(cpu_seconds, own_roots)) - own
    acknowledged = [(token, trial, response) for token, trial, response in met["acknowledged"]]
    return Run(
        browser=browser.value,
        observers=observers,
        trials=len(acknowledged),
        seconds=met["seconds"],
        latencies=met["kinds"],
        errors=met["errors"],
        unfinished=observers - met["finished"],
        storage=check_stored(tokens, acknowledged),
        server_cpu=server,
        client_cpu=met["cpu_seconds"],
        others_cpu=max(0.0, machine - own),
        peak=peak,
    )


def _let_come_to_rest(pid: int) -> None:
    """Wait until a process and its descendants have nothing more to do: the background worker starts slowly."""
    from tools.web_benchmark.process_usage import cpu_seconds

    until = time.monotonic() + LONGEST_START
    before, now = -1.0, cpu_seconds(pid)
    while now - before > ALMOST_NOTHING and time.monotonic() < until:
        time.sleep(1.0)
        before, now = now, cpu_seconds(pid)


def _send_observers(order: "Order", server: int) -> tuple["Encounters", "Memory"]:
    """Run the load generator; return what it tells, and the largest memory of the server meanwhile."""
    from tools.web_benchmark.process_usage import Memory, memory

    ended = threading.Event()
    seen: list[Memory] = []

    def look() -> None:
        while not ended.wait(SECONDS_BETWEEN_LOOKS):
            seen.append(memory(server))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tools.web_benchmark.load_generator"],
            input=json.dumps(order),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    finally:
        ended.set()
        looking.join()
    seen.append(memory(server))
    met: Encounters = json.loads(done.stdout)
    return met, Memory(resident=max(one.resident for one in seen), proportional=max(one.proportional for one in seen))


def _numbers(text: str) -> list[int]:
    return [_at_least_one(part) for part in text.split(",")]


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())

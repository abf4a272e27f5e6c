"""`manage.py serve` on an empty data folder, as a person starts it."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240.0
"""Seconds for a start that takes ten on an idle machine: the tables are made, static files collected."""


@contextmanager
def serving(data_dir: Path) -> Iterator[tuple[str, str]]:
    """Serve on a free port of this machine while the block runs.

    Yields
    ------
    The site's address, and what the server printed up to it, the code for the first account among it.

    Raises
    ------
    RuntimeError
        It ended, or did not come up in time; the message has what it printed.
    """
    data_dir.mkdir()
    log = data_dir.with_suffix(".log")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PERCEPTION_", "DJANGO_"))}
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, str(ROOT / "manage.py"), "serve", "--bind", "127.0.0.1:0", "--workers", "1"],
            env={**environment, "PERCEPTION_DATA_DIR": str(data_dir)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _announced(process, log)
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()  # nothing if it has ended, as it should have
        process.wait()


def _announced(process: subprocess.Popen[bytes], log: Path) -> tuple[str, str]:
    until = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < until:
        text = log.read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if line.startswith("Serving at ")]
        if lines and "with the code" in text:
            return lines[0].split()[2], text
        time.sleep(0.1)
    raise RuntimeError(f"The server did not come up:\n{log.read_text(encoding='utf-8')}")

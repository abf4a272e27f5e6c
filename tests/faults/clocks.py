"""The clock of the processes that a test starts, set wrong by Debian's faketime."""

import os
from pathlib import Path

import pytest

LIBRARY = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


def require_faketime() -> None:
    """Skip the test where there is no faketime; in CI, where it is installed, fail it."""
    if not LIBRARY.exists():
        if os.environ.get("CI"):
            pytest.fail(f"there is no {LIBRARY}")
        pytest.skip(f"there is no {LIBRARY}: sudo apt install faketime")


def clock_set_by(seconds: int) -> dict[str, str]:
    """Return what a process is started with whose clock is so many seconds ahead, or behind where that is negative."""
    return {
        "LD_PRELOAD": str(LIBRARY),
        "FAKETIME": f"{seconds:+d}s",
        "NO_FAKE_STAT": "1",  # the times of files are those of the disk, as for a machine with another's disk
    }

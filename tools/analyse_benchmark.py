"""What `manage.py analyse` costs by the number of answers (`make bench-analyse`).

Files as a laboratory's program writes them: observer, item, truth, response, response time and position, one row an
answer, every observer asked about every image. Each file is analysed by the command itself, in a process of its own
with one thread for linear algebra.

CPU
    User and system seconds of the process, loading the program included; the smallest of the repetitions.
beyond the start
    Without what a file of one observer takes.
memory
    The largest resident set of the process.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

IMAGES = 1000
SHARE_PERTURBED, NOTICED, FALSE_ALARMS = 0.6, 0.58, 0.43
KIB_IN_MIB = 1024
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit status: 1 if the command failed."""
    options = _read_options(arguments)
    sys.stdout.write(f"{'answers':>9} {'CPU s':>7} {'beyond the start':>17} {'memory MiB':>11}\n")
    with tempfile.TemporaryDirectory(prefix="bench-analyse-") as folder:
        start = 0.0
        for n in (IMAGES, *options.answers):
            file = Path(folder, f"{n}.csv")
            write_answers(file, observers=max(1, n // IMAGES))
            taken = [_analysed(file, Path(folder)) for _ in range(options.repeat)]
            cpu, memory = min(cpu for cpu, _ in taken), max(memory for _, memory in taken)
            start = start or cpu
            sys.stdout.write(f"{n:>9} {cpu:>7.2f} {cpu - start:>17.2f} {memory:>11.0f}\n")
            sys.stdout.flush()
    return 0


def write_answers(file: Path, *, observers: int) -> None:
    """Write the answers of so many observers to a thousand images, each in an order of their own."""
    draw = np.random.default_rng(0)
    is_perturbed = np.arange(IMAGES) < SHARE_PERTURBED * IMAGES
    with file.open("w") as out:
        out.write("observer,item,truth,response,rt_ms,position\n")
        for observer in range(observers):
            order = draw.permutation(IMAGES)
            says = draw.random(IMAGES) < np.where(is_perturbed[order], NOTICED, FALSE_ALARMS)
            times = draw.lognormal(7, 0.5, IMAGES).astype(int)
            for position, (image, said, taken) in enumerate(zip(order, says, times, strict=True), start=1):
                truth, response = ("perturbed" if yes else "clean" for yes in (is_perturbed[image], said))
                out.write(f"observer {observer},image {image},{truth},{response},{taken},{position}\n")


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.analyse_benchmark", description="What `manage.py analyse` costs by the number of answers."
    )
    parser.add_argument("--answers", type=int, nargs="+", default=[100_000, 1_000_000], help="default: %(default)s")
    parser.add_argument("--repeat", type=int, default=3, help="default: %(default)s")
    return parser.parse_args(arguments)


def _analysed(file: Path, folder: Path) -> tuple[float, float]:
    """Analyse a file; return CPU seconds and MiB."""
    environment = {**os.environ, **ONE_THREAD, "PERCEPTION_DATA_DIR": str(folder)}
    command = [sys.executable, "manage.py", "analyse", str(file)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:  # noqa: S603 - our own command line
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / KIB_IN_MIB


if __name__ == "__main__":
    sys.exit(main())

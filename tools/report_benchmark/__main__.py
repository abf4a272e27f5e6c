"""What a report costs by the number of sessions (`make bench-report`).

In a temporary data folder, of closed studies of 30 perturbed and 20 clean images whose sessions were stored in bulk.
Each report is made in a process of its own, with one thread for linear algebra, as in a worker. What is measured:

import
    Loading the parts: once for each worker, not for each report.
figures, page, json
    From the rows of the database to every figure; from these to the whole page, plots included; to the JSON.
answers.csv … archive.zip
    These downloads, after the report itself and not counted to it: a worker makes them while people read the page.
CPU
    User and system seconds.
memory
    The largest resident set of the process so far, the program itself included.
served
    With `--served` it is made by the worker of a server and looked at in the browser's way, with the PDF, the JSON, the
    answers and the archive: the largest web process then, and before.
growth
    The CPU of figures, page and JSON together, by session, over that of the study before: about 1 where nothing grows
    with the square.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence

N_PERTURBED, N_CLEAN, IMAGE_SIZE = 30, 20, 32
MIB = 2**20
REPORT = ("figures", "page", "json")
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit status: 1 if CPU or memory were more than allowed."""
    options = _read_options(arguments)
    sys.stdout.write(f"{'sessions':>9} {'step':<12} {'CPU s':>7} {'memory MiB':>11}\n")
    costs: list[float] = []
    sound = True
    for sessions in options.n:
        with tempfile.TemporaryDirectory(prefix="bench-report-") as folder:
            steps, served = _measured(folder, sessions, served=options.served)
        for name, taken in steps.items():
            sys.stdout.write(
                f"{sessions:>9} {name:<12} {taken['cpu_seconds']:>7.2f} {taken['peak_bytes'] / MIB:>11.0f}\n"
            )
        of_report = [steps[name] for name in REPORT]
        cpu = sum(taken["cpu_seconds"] for taken in of_report)
        peak = max(taken["peak_bytes"] for taken in of_report) / MIB
        growth = f", growth {cpu / sessions / costs[-1]:.2f}" if costs else ""
        costs.append(cpu / sessions)
        sys.stdout.write(f"{sessions:>9} report       {cpu:>7.2f} {peak:>11.0f}{growth}\n{served}\n")
        sys.stdout.flush()
        sound &= cpu <= options.most_cpu and peak <= options.most_memory
    return 0 if sound else 1


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.report_benchmark", description="What a report costs by the number of sessions."
    )
    parser.add_argument("--n", type=_numbers, default=[1000, 10000], help="sessions (default: 1000,10000)")
    parser.add_argument(
        "--served", action="store_true", help="also serve it, and look at the web processes' memory before and after"
    )
    parser.add_argument("--most-cpu", type=float, default=float("inf"), help="seconds; more is exit status 1")
    parser.add_argument("--most-memory", type=float, default=float("inf"), help="MiB; more is exit status 1")
    return parser.parse_args(arguments)


def _measured(folder: str, sessions: int, *, served: bool) -> tuple[dict[str, dict[str, float]], str]:
    """Make a study and its report in processes of their own; return what the steps of the report took.

    And, where it is `served`, a line about the web processes.
    """
    environment = {**os.environ, **ONE_THREAD, "PERCEPTION_DATA_DIR": folder}
    environment |= {"DJANGO_SETTINGS_MODULE": "perception.settings"}
    environment.pop("DATABASE_URL", None)
    sizes = [str(number) for number in (sessions, N_PERTURBED, N_CLEAN, IMAGE_SIZE)]
    study = _run(["tools.report_benchmark.answered_study", *sizes], environment)
    steps: dict[str, dict[str, float]] = json.loads(
        _run(["tools.report_benchmark.measured_report", study], environment)
    )
    if not served:
        return steps, ""
    seen = json.loads(_run(["tools.report_benchmark.served_memory", study], environment))
    return steps, (
        f"{sessions:>9} served   the report was there after {seen['seconds']:.0f} s; the largest web process has "
        f"{seen['after'] / MIB:.0f} MiB, {seen['before'] / MIB:.0f} before\n"
    )


def _run(module: Sequence[str], environment: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", *module], env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


def _numbers(text: str) -> list[int]:
    numbers = [int(part) for part in text.split(",")]
    if min(numbers) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of whole numbers of at least 1")
    return numbers


if __name__ == "__main__":
    sys.exit(main())

"""How long pairs take in one process and in shards by several processes of this machine (`make bench-shards`).

In a temporary data folder, by the commands that people use: synthetic lesions, a small network trained for a moment,
and the attack `pgd`, which asks the network about each image again and again. Each way of making the pairs is a command
from its start to its end, with the start of Python and TensorFlow and with all its processes:

wall
    Seconds until the command ended.
CPU
    Seconds of processors that it and all its processes took.
same bytes
    Whether each pair has the hashes that one process gave it.
"""

import argparse
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TRAIN_IMAGES = 70
STEPS = 40
HASHES = """
SELECT image.name, pair.clean_sha256, pair.perturbed_sha256
FROM ml_imagepair AS pair JOIN ml_image AS image ON image.id = pair.image_id
JOIN ml_pairset AS pair_set ON pair_set.id = pair.pair_set_id
WHERE pair_set.name = ? ORDER BY image.name
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One way of making the pairs."""

    name: str
    wall: float
    cpu: float
    hashes: list[tuple[str, str, str]]


def main(arguments: list[str] | None = None) -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tools.shard_benchmark", description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=2000, help="pairs to be made (default: %(default)s)")
    parser.add_argument("--size", type=int, default=64, help="side of the images, in pixels (default: %(default)s)")
    parser.add_argument("--shards", type=int, default=2, help="shards made at once (default: %(default)s)")
    parser.add_argument("--architecture", default="densenet-small", help="of the network (default: %(default)s)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="perception-shards-") as folder:
        _prepare(folder, options)
        one = _measure(folder, "one process", "--engine", "inline")
        several = _measure(
            folder, f"{options.shards} local shards", "--engine", "local", "--shards", str(options.shards)
        )
    sys.stdout.write(_table([one, several]) + "\n")
    if several.hashes != one.hashes:
        sys.exit("The pairs are not the same.")


def _prepare(folder: str, options: argparse.Namespace) -> None:
    _manage(folder, "migrate", "--verbosity", "0")
    sizes = ("--train", str(TRAIN_IMAGES), "--test", str(options.images), "--size", str(options.size))
    _manage(folder, "make_synthetic_dataset", *sizes)
    network = ("--architecture", options.architecture, "--image-size", str(options.size), "--steps", str(STEPS))
    _manage(folder, "train_classifier", *network)
    _manage(folder, "train_attack", "--kind", "pgd", "--name", "pgd")


def _measure(folder: str, name: str, *arguments: str) -> Measured:
    before, began = _cpu_of_children(), time.monotonic()
    _manage(folder, "make_pairs", "--attack", "pgd", "--name", name, *arguments)
    wall, cpu = time.monotonic() - began, _cpu_of_children() - before
    with closing(sqlite3.connect(Path(folder) / "db.sqlite3")) as database:
        return Measured(name, wall, cpu, database.execute(HASHES, (name,)).fetchall())


def _manage(folder: str, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603 - this program's own commands
        [sys.executable, "manage.py", *arguments],
        env={**os.environ, "PERCEPTION_DATA_DIR": folder},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"manage.py {' '.join(arguments)}\n{done.stderr[-2000:]}")


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _table(measured: list[Measured]) -> str:
    one = measured[0]
    lines = [
        f"{len(one.hashes):,} pairs of the attack pgd, {len(os.sched_getaffinity(0))} processors",
        f"{'':<18}{'wall, s':>9}{'CPU, s':>9}{'pairs/s':>9}{'as fast':>9}  same bytes",
    ]
    for this in measured:
        speed, gain = len(this.hashes) / this.wall, one.wall / this.wall
        same = "yes" if this.hashes == one.hashes else "NO"
        lines.append(f"{this.name:<18}{this.wall:>9.1f}{this.cpu:>9.1f}{speed:>9.1f}{gain:>8.2f}×  {same}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()

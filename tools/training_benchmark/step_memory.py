"""How much memory a classifier's training step takes, with what its layers give kept and computed again.

`python -m tools.training_benchmark.step_memory`: each way is a process of its own, on the same random pixels, from the
same weights. Printed are the largest resident set of the process, processor time and wall time of a step (the median
without the first, which traces the network), the last step's loss, and the beginning of the SHA-256 of all weights
afterwards, which is to be the same.
"""

import argparse
import hashlib
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

import numpy as np

CLASSES = 7
FEWEST_STEPS = 2
SEED = 1


class StepClock:
    """A progress callback that notes the clocks at the end of each step."""

    def __init__(self) -> None:
        """Note nothing yet."""
        self.wall: list[float] = []
        self.processors: list[float] = []

    def __call__(self, done: int, total: int, note: str = "", figures: Mapping[str, float] | None = None) -> None:
        """Note the end of a step."""
        self.wall.append(time.perf_counter())
        self.processors.append(time.process_time())


class NothingKept:
    """In a checkpoint's place: the measurement is not gone on with."""

    def read(self, name: str) -> bytes | None:
        """Return that there is nothing."""
        return None

    def write(self, name: str, data: bytes) -> None:
        """Write nothing."""

    def write_if_due(self, name: str, data: Callable[[], bytes]) -> None:
        """Write nothing."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure both ways, or the one that is named, and print."""
    options = _read_options(arguments)
    if options.way is not None:
        _measure(options)
        return
    given = sys.argv[1:] if arguments is None else list(arguments)
    sys.stdout.write(f"{'':<12} {'memory':>11} {'processors':>12} {'wall':>9} {'loss':>11}   weights\n")
    for way in ("kept", "recomputed"):
        sys.stdout.flush()
        command = [sys.executable, "-m", "tools.training_benchmark.step_memory", *given, "--way", way]
        subprocess.run(command, check=True)  # noqa: S603 - this program, with the options that it was given


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.training_benchmark.step_memory",
        description="Memory and time of a training step.",
    )
    parser.add_argument("--architecture", default="densenet201", help="default: %(default)s")
    parser.add_argument("--image-size", type=int, default=256, help="side in pixels (default: %(default)s)")
    parser.add_argument("--batch-size", type=int, default=32, help="default: %(default)s")
    parser.add_argument("--steps", type=int, default=3, help="default: %(default)s")
    parser.add_argument("--way", choices=["kept", "recomputed"], help="measure this one alone, in this process")
    options = parser.parse_args(arguments)
    if options.steps < FEWEST_STEPS:
        parser.error(f"--steps is {FEWEST_STEPS} or more")
    return options


def _measure(options: argparse.Namespace) -> None:
    from ml.networks.architectures.classifiers import build_classifier
    from ml.networks.backend import reset_session
    from ml.networks.training.classifier import fit_classifier

    side = options.image_size
    images = np.random.default_rng(0).integers(0, 256, (2 * options.batch_size, side, side, 3), dtype=np.uint8)
    clock = StepClock()
    reset_session(SEED)
    network = build_classifier(options.architecture, image_size=side, classes=CLASSES)
    history = fit_classifier(
        network,
        images,
        np.arange(len(images)) % CLASSES,
        steps=options.steps,
        batch_size=options.batch_size,
        learning_rate=1e-3,
        seed=SEED,
        progress=clock,
        checkpoint=NothingKept(),
        recompute=options.way == "recomputed",
    )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    processors, wall = (statistics.median(np.diff(times)) for times in (clock.processors, clock.wall))
    weights = hashlib.sha256(b"".join(weight.tobytes() for weight in network.get_weights())).hexdigest()
    sys.stdout.write(
        f"{options.way:<12} {memory:>7.0f} MiB {processors:>10.1f} s {wall:>7.1f} s {history['loss'][-1]:>11.7f}   "
        f"{weights[:16]}\n"
    )


if __name__ == "__main__":
    main()

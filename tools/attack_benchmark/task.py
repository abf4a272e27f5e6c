"""What a program of the comparison is given, and how it takes its turns; knows no network."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NETWORK, WEIGHTS, IMAGES, TASK, TWINS = "network.keras", "weights.npz", "images.npy", "task.json", "twins-{}.npz"
BEGIN = "begin\n"
READY = "ready\n"
LEVELS = np.float32(255)

Attack = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Images in [0, 1], float32 (n, side, side, 3) → perturbed ones, alike."""
Logits = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Images alike → float32 (n, classes): logits, or logarithms of probabilities."""


@dataclass(frozen=True, slots=True)
class Task:
    """The attack that is asked for."""

    target: int
    """Place of the class that the network is to say."""
    classes: int
    steps: int
    strength: float
    """Largest change of a channel, in levels."""
    step_size: float
    """In levels."""
    batch_size: int

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.write_text(json.dumps(asdict(self)))


@dataclass(frozen=True, slots=True)
class Measured:
    """One round, in seconds."""

    wall: float
    cpu: float
    """Of all threads of the process."""


def averages_of(steps: int) -> float:
    """Return the share of the past in the running averages of ALMA, as its authors set it for so many steps."""
    return 0.9 if steps > 100 else 0.5


def task_in(folder: Path) -> Task:
    """Read the task."""
    return Task(**json.loads((folder / TASK).read_text()))


def take_turns(folder: Path, number: str, attack: Attack, logits: Logits) -> None:
    """Warm up, say that it is done, then perturb all images whenever a line comes; write the twins at the end.

    Parameters
    ----------
    number
        Of the program in the comparison, for the name of its file.
    """
    images = np.load(folder / IMAGES).astype(np.float32) / LEVELS
    some = images[: task_in(folder).batch_size]
    said = logits(some)
    attack(some)
    sys.stdout.write(READY)
    sys.stdout.flush()
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        perturbed = attack(images)
        measured = Measured(time.perf_counter() - wall, time.process_time() - cpu)
        twins = np.rint(np.clip(perturbed, 0, 1) * LEVELS).astype(np.uint8)
        np.savez(folder / TWINS.format(number), twins=twins, logits=said)
        sys.stdout.write(json.dumps(asdict(measured)) + "\n")
        sys.stdout.flush()

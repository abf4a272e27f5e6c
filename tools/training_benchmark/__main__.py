"""How many images a second each stage of the image side does (`make bench-ml`).

In a temporary data folder, from synthetic photographs (JPEG of 341 × 256 pixels, as HAM10000's are here), through the
same services as the commands. What is measured:

import
    Files verified, hashed, stored, and their rows written.
read
    Files read, decoded and resized to the network's size, by threads, into an array on disk.
classifier step, attack step
    The median of single training steps without the first, which traces the network; images a second of them.
pairs, evaluation
    The inference stages, from the end of the first call of the network (which traces it) to the rows in the database.
    `in the network` is the share of that time in which a call of the network was under way, `alone` the share that the
    same calls take when nothing else is done beside: what the processors give to reading, encoding and measuring lies
    between the two. Where all cores are busy with the network, work beside it makes it slower.
memory
    The largest resident set so far, after each stage. It is to stay level as the number of images grows.
"""

import argparse
import io
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from ml.datasets.readers.archive import Archive

Made = TypeVar("Made")
"""What a stage makes."""

DRAWINGS = 24
# Calls of the network with nothing beside.
ALONE = 8
# The trainings' images; what is left is more than two batches of the inference stages.
TRAIN_IMAGES = 32
FEWEST_IMAGES = 96
FEWEST_STEPS = 3


@dataclass
class Stage:
    """One line of the table."""

    name: str
    images: int
    seconds: float
    busy: float | None = None
    """Share of the time in which the network was at work."""
    alone: float | None = None
    """Share of the time that its calls take with nothing beside."""
    memory: int = field(default_factory=lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    """Largest resident set so far, in bytes."""


class StepTimes:
    """A progress callback that notes when each training step ended."""

    def __init__(self) -> None:
        """Note nothing yet."""
        self._ended: list[float] = []

    def __call__(self, done: int, total: int, note: str = "", figures: Mapping[str, float] | None = None) -> None:
        """Note the end of a step."""
        if figures:
            self._ended.append(time.perf_counter())

    @property
    def seconds(self) -> float:
        """The median of the steps but the first."""
        return statistics.median(end - begin for begin, end in zip(self._ended, self._ended[1:], strict=False))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _read_options(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-ml-") as folder:
        os.environ |= {"PERCEPTION_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "perception.settings"}
        os.environ.pop("DATABASE_URL", None)
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        sys.stdout.write(
            f"{options.architecture} at {options.image_size} × {options.image_size} pixels, {options.images} images, "
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n\n"
        )
        sys.stdout.write(
            f"{'stage':<18} {'images/s':>9} {'seconds':>8} {'in the network':>15} {'alone':>7} {'memory':>9}\n"
        )
        for stage in _stages(options):
            sys.stdout.write(f"{_line(stage)}\n")
            sys.stdout.flush()
        from django.db import connections

        connections.close_all()
    sys.stdout.write(f"\nload {os.getloadavg()[0]:.1f} after\n")


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.training_benchmark", description="Images a second of each stage."
    )
    parser.add_argument("--architecture", default="densenet-small", help="default: %(default)s")
    parser.add_argument("--image-size", type=int, default=128, help="side in pixels (default: %(default)s)")
    parser.add_argument("--images", type=int, default=640, help="to import and to make pairs of (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=8, help="of each training (default: %(default)s)")
    parser.add_argument("--batch-size", type=int, default=16, help="of the trainings (default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.images < FEWEST_IMAGES or options.steps < FEWEST_STEPS:
        parser.error(f"--images is {FEWEST_IMAGES} or more, --steps {FEWEST_STEPS} or more")
    return options


def _stages(options: argparse.Namespace) -> Iterator[Stage]:
    """Do one stage after the other, each on what the one before made."""
    from ml.attacks.training import AttackTraining
    from ml.classifiers.training import ClassifierTraining
    from ml.datasets.importing import import_images
    from ml.evaluation.attack import AttackEvaluation
    from ml.images.arrays import read_squares
    from ml.models import Dataset
    from ml.pairs.making import PairMaking
    from ml.runs.lifecycle import perform

    archive = _archive(options.images)
    began = time.perf_counter()
    # All but a few are test images: the trainings are measured by their steps.
    import_images(archive=archive, name="benchmark", test_share=1 - TRAIN_IMAGES / options.images)
    yield Stage("import", options.images, time.perf_counter() - began)
    dataset = Dataset.objects.get()
    images = list(dataset.images.select_related("dataset"))
    began = time.perf_counter()
    read_squares(images, options.image_size, tell=lambda note: None)
    yield Stage("read", options.images, time.perf_counter() - began)
    # The trainings read their own images and the classifier is measured on the test images: only steps are timed.
    times = StepTimes()
    classifier = perform(
        ClassifierTraining(
            dataset=dataset,
            name="benchmark",
            architecture=options.architecture,
            image_size=options.image_size,
            steps=options.steps,
            batch_size=options.batch_size,
        ),
        progress=times,
    )
    yield Stage("classifier step", options.batch_size, times.seconds)
    times = StepTimes()
    attack = perform(
        AttackTraining(
            classifier=classifier,
            name="benchmark",
            settings={"steps": options.steps, "batch_size": options.batch_size},
        ),
        progress=times,
    )
    yield Stage("attack step", options.batch_size, times.seconds)
    making = PairMaking(attack=attack, name="benchmark")
    pair_set, stage = _inference("pairs", partial(perform, making), per_image=1)
    yield stage
    _, stage = _inference("evaluation", partial(perform, AttackEvaluation(pair_set=pair_set)), per_image=2)
    yield stage


def _inference(name: str, do: Callable[[], Made], *, per_image: int) -> tuple[Made, Stage]:
    """Do an inference stage under the clock, then its network's calls alone.

    Parameters
    ----------
    per_image
        How many images the network sees for each image of the stage.
    """
    from tools.training_benchmark.network_clock import timed_calls

    with timed_calls() as calls:
        made = do()
        ended = time.perf_counter()
    if calls.network is None or calls.batch is None:
        raise RuntimeError(f"the stage “{name}” called no network")
    seconds = ended - calls.ended[0]
    busy = sum(calls.seconds[1:])
    alone = []
    for _ in range(ALONE):
        began = time.perf_counter()
        calls.network.predict_on_batch(calls.batch)
        alone.append(time.perf_counter() - began)
    count = len(calls.seconds) - 1
    images = count * len(calls.batch) // per_image
    return made, Stage(name, images, seconds, busy / seconds, statistics.median(alone) * count / seconds)


def _archive(count: int) -> "Archive":
    """Return an archive of photographs: a few drawings, each time in other light."""
    from PIL import Image as PillowImage

    from ml.datasets.readers.archive import Archive, ImageEntry
    from ml.datasets.synthetic.lesion import KINDS, draw_lesion
    from ml.models import Dataset

    kinds = list(KINDS)
    drawings = [
        np.asarray(
            PillowImage.fromarray(draw_lesion(kinds[number % len(kinds)], np.random.default_rng(number), 256)).resize(
                (341, 256)
            ),
            dtype=np.int16,
        )
        for number in range(DRAWINGS)
    ]

    def photograph(number: int) -> bytes:
        rng = np.random.default_rng([1, number])
        drawing = drawings[number % DRAWINGS]
        lit = drawing + rng.integers(-20, 21, 3) + rng.integers(-2, 3, drawing.shape[:2])[..., None]
        out = io.BytesIO()
        PillowImage.fromarray(np.clip(lit, 0, 255).astype(np.uint8)).save(out, format="JPEG", quality=80)
        return out.getvalue()

    files = [photograph(number) for number in range(count)]
    entries = [
        ImageEntry(
            name=f"{number:06d}",
            where=f"{number:06d}.jpg",
            lesion=f"{number:06d}",
            diagnosis=kinds[number % DRAWINGS % len(kinds)],
            read=partial(files.__getitem__, number),
        )
        for number in range(count)
    ]
    return Archive(source=Dataset.Source.SYNTHETIC, credit="drawn for a benchmark", entries=entries)


def _line(stage: Stage) -> str:
    shares = [f"{100 * share:.0f}%" if share is not None else "" for share in (stage.busy, stage.alone)]
    return (
        f"{stage.name:<18} {stage.images / stage.seconds:>9.1f} {stage.seconds:>8.2f} {shares[0]:>15} {shares[1]:>7} "
        f"{stage.memory / 2**20:>5.0f} MiB"
    )


if __name__ == "__main__":
    main()

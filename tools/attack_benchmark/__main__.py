"""How fast attacks are and how little they change, here and in two libraries for adversarial robustness.

All attack the same network on the same images of other classes than the target: one trained as the demonstration
trains its classifier, or a classifier of this installation (`--classifier`) and its dataset's test images. `pgd` takes
as many steps of the same length here and there, within the same strength, each from the image itself; PerC-AL and ALMA
take as many steps, without a bound, with their published settings. Each runs in a process of its own, compiles its
network on the first images before the clock runs, and has its turn in every round. What they make is rounded to 8 bits
and read by one classifier, this program's.

images/s
    By the clock, the best round.
CPU
    Seconds of all processors for a thousand images, the least of all rounds.
fooling
    Share of the images whose 8-bit twin is read as the target class.
largest
    Largest change of a channel, in levels.
ΔE00, SSIMULACRA2
    The mean over images of each one's mean colour difference, and the median score (– below 113 pixels): of the images
    that were not read as the target class before, and are by the twin of every program. A program that fools fewer than
    half of them is not compared (–), and takes none from the others.
logits
    Largest difference of the network's logits of clean images, as logarithms of probabilities, from those that this
    program computes. More than 0.0001 ends the measurement: that would be another network.

On processors that others use as well, PyTorch's threads burn them while they wait for one another: only --threads 1
compares the libraries' own work there.

The libraries are installed, pinned, into a temporary virtual environment, beside the NumPy, SciPy, TensorFlow and Keras
that this program uses itself.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np
from scipy.special import log_softmax

from tools.attack_benchmark.task import BEGIN, IMAGES, NETWORK, TASK, TWINS, WEIGHTS, Measured, Task

if TYPE_CHECKING:
    from ml.models import Classifier

ROOT = Path(__file__).resolve().parents[2]
# Neither library is asked to bring what it depends on: one would take torchvision, which is built for CUDA, the other
# another TensorFlow.
PEERS = ("adversarial-robustness-toolbox==1.20.1", "adv-lib==0.2.8")
# `torch` without its version is a build for CUDA of several GB on some machines.
NEEDED_BY_PEERS = ("scikit-learn==1.7.2", "torch==2.13.0")
# What TensorFlow, oneDNN and PyTorch read of the number of their threads.
THREADS = ("TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS")
LARGEST_DIFFERENCE = 1e-4
LEAST_FOOLED = 0.5
TARGET = "nv"


@dataclass(frozen=True, slots=True)
class Program:
    """One line of the table."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    is_peer: bool = True


PROGRAMS = {
    "pgd": Program("Perception pgd, --stop never", "perception_pgd", ("never",), is_peer=False),
    "pgd-once-read": Program("Perception pgd, --stop once-read", "perception_pgd", ("once-read",), is_peer=False),
    "art": Program("ART 1.20.1, TensorFlowV2Classifier", "art_pgd"),
    "adv-lib": Program("adversarial-library 0.2.8, PyTorch", "adv_lib_pgd"),
    "adv-lib-channels-last": Program("adversarial-library, channels last", "adv_lib_pgd", ("channels-last",)),
    "perc-al": Program("Perception perc_al", "perception_least_visible", ("perc_al",), is_peer=False),
    "least-change": Program("Perception least_change", "perception_least_visible", ("least_change",), is_peer=False),
    "adv-lib-perc-al": Program("adversarial-library, PerC-AL", "adv_lib_least_visible", ("perc_al",)),
    "adv-lib-alma": Program("adversarial-library, ALMA, CIEDE2000", "adv_lib_least_visible", ("alma",)),
    "adv-lib-alma-levels": Program("the same, 256 levels", "adv_lib_least_visible", ("alma-levels",)),
}
OF_PGD = ("pgd", "pgd-once-read", "art", "adv-lib", "adv-lib-channels-last")


@dataclass
class Contestant:
    """A program that has been started, and what was measured of it."""

    program: Program
    process: subprocess.Popen[str]
    rounds: list[Measured] = field(default_factory=list)

    def answer(self) -> str:
        """Return the next line that it writes.

        Raises
        ------
        SystemExit
            It ended.
        """
        stream: IO[str] | None = self.process.stdout
        line = stream.readline() if stream else ""
        if not line:
            sys.exit(f"{self.program.name} ended with status {self.process.wait()}.")
        return line

    def begin(self) -> None:
        """Let it perturb all images once, and keep what it measured."""
        if self.process.stdin:
            self.process.stdin.write(BEGIN)
            self.process.stdin.flush()
        self.rounds.append(Measured(**json.loads(self.answer())))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    options = _read_options(arguments)
    programs = [PROGRAMS[name] for name in options.programs]
    with tempfile.TemporaryDirectory(prefix="bench-attacks-") as name:
        folder = Path(name)
        os.environ["DJANGO_SETTINGS_MODULE"] = "perception.settings"
        if not options.classifier:
            os.environ["PERCEPTION_DATA_DIR"] = str(folder / "data")
            os.environ.pop("DATABASE_URL", None)
        classes = _prepare(folder, options)
        python = _peers(folder) if any(program.is_peer for program in programs) else sys.executable
        sys.stdout.write(
            f"{options.classifier or options.architecture}, {options.images} images, {options.steps} steps; of pgd of "
            f"{options.strength / 8:g} levels within {options.strength:g}; "
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before\n\n"
        )
        sys.stdout.write(
            f"{'':<36} {'images/s':>8} {'CPU, s per 1,000':>17} {'fooling':>8} {'largest':>8} {'logits':>8} "
            f"{'ΔE00':>7} {'SSIMULACRA2':>12}\n"
        )
        threads = {} if options.threads is None else dict.fromkeys(THREADS, str(options.threads))
        with _started(programs, folder, python, {**os.environ, **threads}) as contestants:
            for _ in range(options.rounds):
                for contestant in contestants:
                    contestant.begin()
        for line in _table(contestants, folder, classes.index(TARGET)):
            sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"\nload {os.getloadavg()[0]:.1f} after\n")


def _read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tools.attack_benchmark", description="Images a second of pgd, here and elsewhere."
    )
    parser.add_argument(
        "--classifier",
        help="the name of a classifier of this installation (PERCEPTION_DATA_DIR), instead of training one",
    )
    parser.add_argument("--architecture", default="densenet-small", help="default: %(default)s")
    parser.add_argument("--image-size", type=int, default=128, help="side in pixels (default: %(default)s)")
    parser.add_argument("--images", type=int, default=64, help="to perturb (default: %(default)s)")
    parser.add_argument("--train", type=int, default=800, help="images that are learnt from (default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=4, help="of the classifier's training (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=20, help="of the attacks (default: %(default)s)")
    parser.add_argument("--strength", type=float, default=8.0, help="in levels (default: %(default)s)")
    parser.add_argument("--batch-size", type=int, default=32, help="of the libraries (default: %(default)s)")
    parser.add_argument(
        "--threads",
        type=int,
        help="of each program; one where others use the processors (default: what it takes itself)",
    )
    parser.add_argument("--rounds", type=int, default=3, help="default: %(default)s")
    parser.add_argument(
        "--programs",
        nargs="+",
        default=list(OF_PGD),
        choices=list(PROGRAMS),
        metavar="PROGRAM",
        help="of %(choices)s (default: %(default)s)",
    )
    return parser.parse_args(arguments)


def _prepare(folder: Path, options: argparse.Namespace) -> list[str]:
    """Write the network with the images and the task into the folder; return the classes."""
    import django

    django.setup()
    from django.db import connections

    from ml.classifiers.weights import read_weights
    from ml.images.arrays import read_squares
    from ml.models import Classifier
    from ml.networks.saved_network import network_from_bytes

    classifier = Classifier.objects.get(name=options.classifier) if options.classifier else _trained(options)
    images = classifier.dataset.images.filter(split="test").select_related("dataset")
    if options.classifier:
        # All classes in their proportions, the same images every time.
        others = sorted(images.exclude(diagnosis=TARGET), key=lambda image: image.sha256)
    else:
        others = list(images.exclude(diagnosis=TARGET).order_by("name"))
    squares = read_squares(others[: options.images], classifier.image_size, tell=lambda note: None)
    np.save(folder / IMAGES, squares)
    weights = read_weights(classifier)
    (folder / NETWORK).write_bytes(weights)
    network = network_from_bytes(weights, source="the benchmark")
    np.savez(folder / WEIGHTS, **{variable.path: variable.numpy() for variable in network.variables})
    classes = list(classifier.classes)
    task = Task(
        target=classes.index(TARGET),
        classes=len(classes),
        steps=options.steps,
        strength=options.strength,
        step_size=options.strength / 8,
        batch_size=options.batch_size,
    )
    task.write(folder / TASK)
    connections.close_all()
    return classes


def _trained(options: argparse.Namespace) -> "Classifier":
    """Train a classifier on synthetic lesions, in a database of its own."""
    from django.core.management import call_command

    from ml.classifiers.training import ClassifierTraining
    from ml.datasets.importing import import_images
    from ml.datasets.synthetic import synthetic_archive
    from ml.models import Dataset
    from ml.runs.lifecycle import perform

    call_command("migrate", verbosity=0)
    # A third of the drawings are of the target class: twice as many as are wanted leave enough.
    wanted = options.train + 2 * options.images
    archive = synthetic_archive(images=wanted, size=max(64, options.image_size), seed=1)
    import_images(archive=archive, name="benchmark", seed=1, test_share=2 * options.images / wanted)
    dataset = Dataset.objects.get()
    training = ClassifierTraining(
        dataset=dataset,
        name="benchmark",
        architecture=options.architecture,
        image_size=options.image_size,
        epochs=options.epochs,
        batch_size=16,
        learning_rate=3e-3,
    )
    return perform(training)


def _peers(folder: Path) -> Path:
    """Install the libraries into a virtual environment in the folder, and return its Python."""
    own = folder / "peers"
    venv.create(own, with_pip=True)
    python = own / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    (site_packages,) = own.glob("lib/python3.*/site-packages")
    # What is installed there comes first, the rest from where this program has it.
    (site_packages / "perception.pth").write_text(f"{Path(np.__file__).parents[1]}\n")
    for packages in ([*NEEDED_BY_PEERS], ["--no-deps", *PEERS]):
        subprocess.run([*pip, *packages], check=True)  # noqa: S603 - our own command line
    return python


@contextmanager
def _started(
    programs: Sequence[Program], folder: Path, python: Path | str, environment: dict[str, str]
) -> Iterator[list[Contestant]]:
    """Start the programs, one after the other, each until it is ready; end them with the block."""
    with ExitStack() as stack:
        contestants = []
        for number, program in enumerate(programs):
            command = [
                str(python if program.is_peer else sys.executable),
                *("-m", f"tools.attack_benchmark.{program.module}", str(folder), str(number), *program.arguments),
            ]
            process = stack.enter_context(
                subprocess.Popen(  # noqa: S603 - our own command line
                    command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
                )
            )
            contestant = Contestant(program, process)
            contestant.answer()
            contestants.append(contestant)
        yield contestants  # their standard input is closed then, and they end


def _table(contestants: Sequence[Contestant], folder: Path, target: int) -> Iterator[str]:
    from ml.images.visibility.measures import measure_visibility
    from ml.images.visibility.viewing import DEFAULT_PIXELS_PER_DEGREE
    from ml.networks.log_probabilities import log_probability_predictor
    from ml.networks.prediction import predict_classes
    from ml.networks.saved_network import network_from_bytes

    network = network_from_bytes((folder / NETWORK).read_bytes(), source="the benchmark")
    clean = np.load(folder / IMAGES)
    expected = log_probability_predictor(network)(clean.astype(np.float32) / np.float32(255))
    made = []
    for number, contestant in enumerate(contestants):
        with np.load(folder / TWINS.format(number)) as stored:
            twins, logits = stored["twins"], stored["logits"].astype(np.float64)
        # Logits are known up to a number that all classes share.
        difference = float(np.abs(log_softmax(logits, axis=1) - expected[: len(logits)]).max())
        if difference > LARGEST_DIFFERENCE:
            sys.exit(f"{contestant.program.name} read the images otherwise: its logits differ by {difference:.2g}.")
        made.append((contestant, twins, predict_classes(network, twins) == target, difference))
    others = expected.argmax(axis=1) != target
    comparable = [bool(others.any()) and fooled[others].mean() >= LEAST_FOOLED for _, _, fooled, _ in made]
    of_all = (fooled for (_, _, fooled, _), is_compared in zip(made, comparable, strict=True) if is_compared)
    compared = np.flatnonzero(np.logical_and.reduce([others, *of_all]))
    for (contestant, twins, fooled, difference), is_compared in zip(made, comparable, strict=True):
        largest = int(np.abs(twins.astype(int) - clean).max())
        speed = len(clean) / min(measured.wall for measured in contestant.rounds)
        cpu = 1000 * min(measured.cpu for measured in contestant.rounds) / len(clean)
        seen = [
            measure_visibility(clean[image], twins[image], pixels_per_degree=DEFAULT_PIXELS_PER_DEGREE)
            for image in (compared if is_compared else ())
        ]
        colour = f"{np.mean([one.ciede2000_mean for one in seen]):.4f}" if seen else "–"
        scores = [one.ssimulacra2 for one in seen if one.ssimulacra2 is not None]
        score = f"{np.median(scores):.2f}" if scores else "–"
        yield (
            f"{contestant.program.name:<36} {speed:>8.2f} {cpu:>17.1f} {100 * fooled.mean():>7.1f}% {largest:>8} "
            f"{difference:>8.1g} {colour:>7} {score:>12}"
        )
    yield f"\nΔE00 and SSIMULACRA2: of {len(compared)} images"


if __name__ == "__main__":
    main()

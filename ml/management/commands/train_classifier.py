"""`manage.py train_classifier`: the network under attack."""

from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction

from ml.classifiers.architectures import ARCHITECTURES
from ml.classifiers.training import ClassifierTraining
from ml.management.data_command import Options
from ml.management.work_command import WorkCommand
from ml.models import Classifier, Dataset
from ml.runs.checks import unique_name
from ml.runs.lookup import named_or_newest

USUAL_ARCHITECTURE = "densenet201"


def value_range(text: str) -> tuple[float, float]:
    """Read `BLACK,WHITE`."""
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise ArgumentTypeError(f"two numbers with a comma between them, such as -1,1; not {text!r}") from None
    return low, high


class Command(WorkCommand[Classifier]):
    """Train a classifier on a dataset's train images and measure it on its test images."""

    help = "Train a classifier on a dataset's train images and measure it on its test images."
    title = "Training the classifier"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        super().add_arguments(parser)
        parser.add_argument("--dataset", metavar="NAME", help="default: the newest, or that of --continue-from")
        parser.add_argument("--name", help="default: the dataset's name and the architecture's")
        parser.add_argument(
            "--architecture",
            choices=ARCHITECTURES,
            help="; ".join(f"{name}: {one.description}" for name, one in ARCHITECTURES.items())
            + f" (default: {USUAL_ARCHITECTURE}, or that of --continue-from)",
        )
        parser.add_argument(
            "--image-size",
            type=int,
            metavar="PIXELS",
            help="side of the square input (default: the architecture's own, or that of --continue-from)",
        )
        parser.add_argument("--epochs", type=float, default=8.0, help="passes over the images (default: %(default)s)")
        parser.add_argument("--steps", type=int, help="number of batches, instead of --epochs")
        parser.add_argument("--batch-size", type=int, default=16, help="default: %(default)s")
        parser.add_argument(
            "--learning-rate", type=float, help="peak of Adam's learning rate (default: the architecture's own)"
        )
        parser.add_argument(
            "--weights",
            metavar="random|imagenet|FILE",
            help="where a DenseNet of Keras starts; `imagenet` needs the network once. With --architecture backbone: "
            "the .keras file of the network (default: random)",
        )
        parser.add_argument(
            "--weights-range",
            type=value_range,
            default=(0.0, 1.0),
            metavar="BLACK,WHITE",
            help="what a backbone wants black and white to be, e.g. --weights-range=-1,1 (default: 0,1)",
        )
        parser.add_argument(
            "--continue-from",
            metavar="NAME",
            help="a classifier of the same dataset whose training is gone on with, at its image size or at another; "
            "default: none",
        )
        parser.add_argument(
            "--recompute",
            action=BooleanOptionalAction,
            help="compute again what the layers give, where the gradient needs it, instead of keeping it: the same "
            "training in less memory and more time (default: where a batch would have more than 3 GiB kept)",
        )
        parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")

    def work(self, options: Options) -> ClassifierTraining:
        """Return the training that the command line asks for."""
        before = named_or_newest(Classifier, options["continue_from"]) if options["continue_from"] else None
        dataset = before.dataset if before and not options["dataset"] else named_or_newest(Dataset, options["dataset"])
        architecture = options["architecture"] or (before.architecture if before else USUAL_ARCHITECTURE)
        return ClassifierTraining(
            dataset=dataset,
            name=options["name"] or unique_name(Classifier, f"{dataset.name} {architecture}"),
            architecture=architecture,
            image_size=options["image_size"],
            epochs=options["epochs"],
            steps=options["steps"],
            batch_size=options["batch_size"],
            learning_rate=options["learning_rate"],
            weights=None if options["weights"] == "random" else options["weights"],
            weights_low=options["weights_range"][0],
            weights_high=options["weights_range"][1],
            continue_from=before,
            recompute=options["recompute"],
            seed=options["seed"],
        )

    def tell(self, made: Classifier, options: Options) -> None:
        """Print how good it is."""
        measured = made.metrics
        self.stdout.write(
            f"Classifier {made.name!r}: right on {measured['correct']} of {measured['n']} test images "
            f"({measured['accuracy']:.1%}; mean recall of the classes {measured['balanced_accuracy']:.1%}), "
            f"trained in {made.provenance['seconds']:.0f} s."
        )

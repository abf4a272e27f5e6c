"""`manage.py add_classifier MODEL.keras`: an external classifier, as the thing under attack."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from ml.classifiers.external import ExternalClassifierImport
from ml.errors import MlError
from ml.management.data_command import Options
from ml.management.work_command import WorkCommand
from ml.models import Classifier, Dataset
from ml.runs.checks import unique_name
from ml.runs.lookup import named_or_newest


def codes(text: str) -> list[str]:
    """Read `CODE,CODE,…`."""
    return [code.strip() for code in text.split(",")]


def numbers(text: str) -> list[float]:
    """Read `V1,V2,…`."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise ArgumentTypeError(f"numbers with commas between them, such as 0,255; not {text!r}") from None


def height_and_width(text: str) -> list[int]:
    """Read `HEIGHTxWIDTH`, or one number for both."""
    try:
        sides = [int(part) for part in text.lower().replace("×", "x").split("x")]
    except ValueError:
        sides = []
    if len(sides) not in {1, 2}:
        raise ArgumentTypeError(f"height x width in pixels, such as 224x224; not {text!r}")
    return [sides[0], sides[-1]]


def held_input(text: str) -> tuple[str, list[float]]:
    """Read `NAME=V1,V2,…`."""
    name, equals, values = text.rpartition("=")
    if not (name and equals):
        raise ArgumentTypeError(f"NAME=V1,V2,…, such as age=0.5; not {text!r}")
    return name, numbers(values)


class Command(WorkCommand[Classifier]):
    """Register a Keras classifier that somebody else trained, and measure it on a dataset's test images."""

    help = (
        "Register a Keras classifier that somebody else trained as the thing under attack, and measure it on a "
        "dataset's test images."
    )
    title = "Importing the external classifier"
    unit = "image"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="MODEL.keras", help="the network (or the .h5 of a whole one)")
        parser.add_argument(
            "--classes",
            type=codes,
            required=True,
            metavar="CODE,CODE,…",
            help="the dataset's class codes in the order of the network's outputs",
        )
        parser.add_argument(
            "--range",
            type=numbers,
            required=True,
            metavar="BLACK,WHITE",
            help="what the network wants black and white to be, e.g. 0,255 or --range=-1,1; or six numbers, black and "
            "then white for each channel",
        )
        parser.add_argument(
            "--size",
            type=height_and_width,
            metavar="HEIGHTxWIDTH",
            help="of the network's input, in pixels (default: what the file says)",
        )
        parser.add_argument(
            "--side",
            type=int,
            metavar="PIXELS",
            help="side of the square images that are attacked and shown (default: the larger of height and width)",
        )
        parser.add_argument("--bgr", action="store_true", help="its channels are blue, green, red")
        parser.add_argument("--logits", action="store_true", help="its outputs are logits, not probabilities")
        parser.add_argument("--image-input", metavar="NAME", help="which input takes the image, if several could")
        parser.add_argument(
            "--input",
            type=held_input,
            action="append",
            default=[],
            metavar="NAME=V1,V2,…",
            help="the values at which another input is held; once for each",
        )
        parser.add_argument("--dataset", metavar="NAME", help="whose test images measure it; default: the newest")
        parser.add_argument("--name", help="default: the file's name and the dataset's")

    def work(self, options: Options) -> ExternalClassifierImport:
        """Return the import that the command line asks for."""
        dataset = named_or_newest(Dataset, options["dataset"])
        file: Path = options["file"]
        inputs = dict(options["input"])
        if len(inputs) < len(options["input"]):
            raise MlError("--input names an input more than once.")
        return ExternalClassifierImport(
            dataset=dataset,
            name=options["name"] or unique_name(Classifier, f"{dataset.name} {file.stem}"),
            file=str(file.resolve()),  # a worker may run elsewhere on this machine
            classes=options["classes"],
            value_range=options["range"],
            size=options["size"],
            side=options["side"],
            bgr=options["bgr"],
            logits=options["logits"],
            image_input=options["image_input"],
            inputs=inputs,
        )

    def tell(self, made: Classifier, options: Options) -> None:
        """Print how good it is, and doubts about it."""
        measured = made.metrics
        self.stdout.write(
            f"Classifier {made.name!r}: right on {measured['correct']} of {measured['n']} test images "
            f"({measured['accuracy']:.1%}; mean recall of the classes {measured['balanced_accuracy']:.1%})."
        )
        commonest = max(sum(row) for row in measured["confusion"])
        if measured["correct"] <= commonest:
            self.stdout.write(
                f"That is no better than calling every image by the commonest class ({commonest} of {measured['n']}). "
                "Look at --range, the order of --classes, --bgr and the values of --input."
            )

"""External classifiers, which somebody else trained: a Keras file in, a classifier to attack out."""

import hashlib
import math
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np
from django.utils.translation import gettext
from numpy.typing import NDArray

from ml.classifiers.architectures import EXTERNAL
from ml.classifiers.keras_file import read_outline
from ml.classifiers.metrics import classification_metrics
from ml.classifiers.training import LARGEST_IMAGE_SIZE
from ml.classifiers.weights import store_weights
from ml.errors import MlError
from ml.images.arrays import read_squares
from ml.images.distortion import SMALLEST_SIDE
from ml.models import Classifier, Dataset, Image, Run
from ml.networks.outline import NetworkInput, NetworkOutline
from ml.runs.checks import check_has_images, check_name
from ml.runs.leases.lease import fenced_transaction
from ml.runs.provenance import provenance
from ml.runs.work import Work
from perception.core.progress import Progress

PROBED = 32
"""On how many test images it is seen whether the outputs are what they are declared to be."""
LONGEST_CLASS = 50


@dataclass(frozen=True, kw_only=True)
class ExternalClassifierImport(Work[Classifier]):
    """A Keras network that somebody else trained, to be made the thing under attack, and measured on test images."""

    run_kind: ClassVar[Run.Kind] = Run.Kind.ADD_CLASSIFIER

    dataset: Dataset
    """Whose test images it is measured on, and whose images attacks on it learn from."""
    name: str
    file: str
    """Path of a `.keras` file, or of the `.h5` of a whole network."""
    classes: list[str]
    """Class codes in the order of its outputs; the dataset's are among them."""
    value_range: list[float]
    """What it wants black and white to be: low and high, or three lows and three highs, one for each channel."""
    size: list[int] | None = None
    """Height and width of its input, in pixels; None is what the file says."""
    side: int | None = None
    """Side of the square images that are attacked and shown, in pixels; None is the larger of height and width."""
    bgr: bool = False
    """Whether its channels are blue, green, red."""
    logits: bool = False
    """Whether its outputs are logits, not probabilities."""
    image_input: str | None = None
    """Which input takes the image, if it has several that could."""
    inputs: dict[str, list[float]] = field(default_factory=dict)
    """The values at which its other inputs are held."""

    def check(self) -> None:
        """Refuse at once what could only fail after long work."""
        check_name(Classifier, self.name)
        self._check_classes()
        check_has_images(self.dataset, "test")
        self._check_range()
        outline = read_outline(Path(self.file))
        if outline is not None:
            self._check_outline(outline)

    def carry_out(self, *, run: Run, uid: uuid.UUID, progress: Progress) -> Classifier:
        """Load it, wrap it as one of ours, measure it on the test images, and save."""
        from ml.networks.backend import reset_session
        from ml.networks.external_classifier import check_outputs, load_external, outline_of, wrap_classifier
        from ml.networks.prediction import predict_classes
        from ml.networks.saved_network import network_to_bytes

        began = time.monotonic()
        test = list(self.dataset.images.filter(split="test").select_related("dataset").order_by("name"))
        progress(0, len(test), "loading the network")
        reset_session(0)  # nothing is drawn by it
        path = Path(self.file)
        sha256 = _sha256(path)
        external = load_external(path)
        image_input = self._check_outline(outline_of(external))
        size = self._size(image_input)
        side = self._side(size)
        black, white = self._black_and_white()
        wrapped = wrap_classifier(
            external,
            image_input=image_input.name,
            size=size,
            side=side,
            black=black,
            white=white,
            reverse_channels=self.bgr,
            constants=self.inputs,
            logits=self.logits,
        )
        tell = partial(progress, 0, len(test))
        spread = test[:: max(1, len(test) // PROBED)][:PROBED]
        probed = read_squares(spread, side, tell=tell)
        check_outputs(
            np.asarray(wrapped.raw.predict_on_batch(probed.astype(np.float32) / np.float32(255))), logits=self.logits
        )
        squares = read_squares(test, side, tell=tell)
        predicted = predict_classes(
            wrapped.network, squares, progress=lambda done, total, *_: progress(done, total, "test images")
        )
        weights, weights_sha256 = store_weights(network_to_bytes(wrapped.network), uid=uid)
        options = self.as_options() | {
            "file": path.name,
            "file_sha256": sha256,
            "size": list(size),
            "side": side,
            "image_input": image_input.name,
        }
        with fenced_transaction():
            check_name(Classifier, self.name)  # another run may have taken it meanwhile
            return Classifier.objects.create(
                owner=run.owner,
                uid=uid,
                name=self.name,
                dataset=self.dataset,
                architecture=EXTERNAL,
                classes=self.classes,
                image_size=side,
                weights=weights,
                weights_sha256=weights_sha256,
                options=options,
                metrics=classification_metrics(self._labels(test), predicted, classes=self.classes),
                provenance=provenance(dataset=self.dataset, seed=0, options=options, seconds=time.monotonic() - began),
                run=run,
            )

    def _check_classes(self) -> None:
        if len(self.classes) < 2:
            raise MlError(gettext("--classes names two classes or more, in the order of the network's outputs."))
        for code in self.classes:
            if not code or len(code) > LONGEST_CLASS:
                raise MlError(
                    gettext("--classes: a class code has 1 to %(longest_class)s characters; %(code)s has not.")
                    % {"longest_class": LONGEST_CLASS, "code": repr(code)}
                )
        if twice := sorted({code for code in self.classes if self.classes.count(code) > 1}):
            raise MlError(gettext("--classes names %(listed)s more than once.") % {"listed": ", ".join(twice)})
        if missing := [code for code in self.dataset.classes if code not in self.classes]:
            strange = [code for code in self.classes if code not in self.dataset.classes]
            raise MlError(
                gettext("--classes lacks %(listed)s, which the dataset %(name)s has")
                % {"listed": ", ".join(missing), "name": self.dataset.name}
                + (gettext("; and the dataset has no %(listed)s") % {"listed": ", ".join(strange)} if strange else "")
                + gettext(
                    ". Write the codes as the dataset does, in the order of the network's outputs; a network "
                    "that does not know every class of a dataset cannot be measured on it."
                )
            )

    def _check_range(self) -> None:
        if len(self.value_range) not in {2, 6} or not all(map(math.isfinite, self.value_range)):
            raise MlError(
                gettext(
                    "--range is two numbers, what the network wants black and white to be, such as 0,255; or "
                    "six, three for black (red, green, blue) and three for white."
                )
            )
        black, white = self._black_and_white()
        if not all(low < high for low, high in zip(black, white, strict=True)):
            raise MlError(
                gettext("--range is black, then white, the lower first; not %(listed)s.")
                % {"listed": ",".join(f"{one:g}" for one in self.value_range)}
            )

    def _black_and_white(self) -> tuple[list[float], list[float]]:
        half = len(self.value_range) // 2
        return self.value_range[:half], self.value_range[half:]

    def _check_outline(self, outline: NetworkOutline) -> NetworkInput:
        """Return the input that takes the image, or refuse a network that does not fit what is declared of it."""
        image = self._image_among(outline)
        _check_image(image, self.file)
        self._check_constants([one for one in outline.inputs if one is not image])
        if len(outline.outputs) != 1:
            raise MlError(
                gettext("%(file)s has %(n)s outputs; a classifier has one. Save it without the others.")
                % {"file": self.file, "n": len(outline.outputs)}
            )
        values, named = outline.outputs[0], len(self.classes)
        # One output can tell two classes apart: the probability of the second.
        if values is not None and values != named and not (values == 1 and named == 2):
            raise MlError(
                gettext("%(file)s gives %(values)s values for an image, and --classes names %(named)s classes.")
                % {"file": self.file, "values": values, "named": named}
            )
        self._side(self._size(image))
        return image

    def _image_among(self, outline: NetworkOutline) -> NetworkInput:
        listed = ", ".join(map(str, outline.inputs))
        if self.image_input is not None:
            for one in outline.inputs:
                if one.name == self.image_input:
                    return one
            raise MlError(
                gettext("%(file)s has no input %(image_input)s (--image-input). It has: %(listed)s.")
                % {"file": self.file, "image_input": repr(self.image_input), "listed": listed}
            )
        planes = [one for one in outline.inputs if one.is_plane]
        if len(planes) == 1:
            return planes[0]
        if not planes:
            raise MlError(
                gettext("%(file)s has no input for an image (height × width × 3). It has: %(listed)s.")
                % {"file": self.file, "listed": listed}
            )
        raise MlError(
            gettext("%(file)s has several inputs for images: %(listed)s. Say which one it is: --image-input NAME.")
            % {"file": self.file, "listed": listed}
        )

    def _check_constants(self, others: Sequence[NetworkInput]) -> None:
        known = {one.name: one for one in others}
        listed = ", ".join(map(str, others)) or "none"
        if strangers := [name for name in self.inputs if name not in known]:
            raise MlError(
                gettext("--input: %(file)s has no input %(listed)s beside the image's. It has: %(listed2)s.")
                % {"file": self.file, "listed": ", ".join(strangers), "listed2": listed}
            )
        if missing := [str(one) for one in others if one.name not in self.inputs]:
            raise MlError(
                gettext(
                    "%(file)s has inputs beside the image: %(listed)s. Say at which values each is held: --input "
                    "NAME=V1,V2,…"
                )
                % {"file": self.file, "listed": ", ".join(missing)}
            )
        for name, values in self.inputs.items():
            count = math.prod(size or 1 for size in known[name].shape)
            if len(values) != count:
                raise MlError(
                    gettext("--input %(name)s has %(n)s values; the network wants %(count)s.")
                    % {"name": name, "n": len(values), "count": count}
                )
            if not all(map(math.isfinite, values)):
                raise MlError(gettext("--input %(name)s has a value that is not a number.") % {"name": name})
            if known[name].dtype == "string":
                raise MlError(
                    gettext("%(file)s wants words for its input %(name)s, which cannot be given.")
                    % {"file": self.file, "name": name}
                )

    def _size(self, image: NetworkInput) -> tuple[int, int]:
        """Return height and width of what the network is given."""
        own = image.shape[:2]
        wanted = self.size if self.size is not None else own
        if len(wanted) != 2 or None in wanted:
            raise MlError(
                gettext("%(file)s takes images of any size: say which it was trained on (--size 224x224).")
                % {"file": self.file}
            )
        height, width = (int(number or 0) for number in wanted)
        if height < 1 or width < 1:
            raise MlError(
                gettext("--size is height × width in pixels, both above 0; not %(height)sx%(width)s.")
                % {"height": height, "width": width}
            )
        if any(fixed is not None and fixed != number for fixed, number in zip(own, (height, width), strict=True)):
            fixed_size = "x".join("any" if one is None else str(one) for one in own)
            raise MlError(
                gettext("%(file)s takes images of %(fixed_size)s (height x width); --size says %(height)sx%(width)s.")
                % {"file": self.file, "fixed_size": fixed_size, "height": height, "width": width}
            )
        return height, width

    def _side(self, size: tuple[int, int]) -> int:
        side = self.side if self.side is not None else max(size)
        if not SMALLEST_SIDE <= side <= LARGEST_IMAGE_SIZE:
            raise MlError(
                gettext(
                    "The side of the images (--side; else the larger of height and width) is %(smallest_side)s "
                    "to %(largest_image_size)s pixels, not %(side)s."
                )
                % {"smallest_side": SMALLEST_SIDE, "largest_image_size": LARGEST_IMAGE_SIZE, "side": side}
            )
        return side

    def _labels(self, images: Sequence[Image]) -> NDArray[np.int64]:
        places = {code: place for place, code in enumerate(self.classes)}
        return np.array([places[image.diagnosis] for image in images], dtype=np.int64)


def _check_image(image: NetworkInput, file: str) -> None:
    if not image.is_rgb_image:
        first = " It wants the channels first; save it with the channels last." if image.shape[:1] == (3,) else ""
        raise MlError(
            gettext(
                "The image input of %(file)s is %(image)s; it is to be height × width × 3 (red, green, blue).%(first)s"
            )
            % {"file": file, "image": image, "first": first}
        )
    if "float" not in image.dtype:
        raise MlError(
            gettext(
                "The image input of %(file)s takes whole numbers (%(dtype)s), through which no gradient passes: "
                "no attack could learn. Give it a float32 input and save it again."
            )
            % {"file": file, "dtype": image.dtype}
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

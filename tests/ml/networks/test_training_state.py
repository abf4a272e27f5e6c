"""A training that was cut off and went on is the training that was not."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from ml.errors import MlError
from ml.networks.generator_settings import GeneratorSettings
from ml.runs.checkpoints import Checkpoint
from perception.core.progress import Progress, silent

pytestmark = [
    pytest.mark.xdist_group("tensorflow"),
    pytest.mark.usefixtures("shallow_generator"),
    pytest.mark.django_db,  # checkpoints are named there
]

PIXELS = np.random.default_rng(0).integers(0, 256, (12, 24, 24, 3), dtype=np.uint8)


class CutOffError(Exception):
    pass


def cut_off_after(steps: int) -> Progress:
    def progress(done: int, total: int, note: str = "", figures: Mapping[str, float] | None = None) -> None:
        if done > steps:
            raise CutOffError

    return progress


def train_classifier(
    name: str, progress: Progress = silent, *, classes: int = 3, recompute: bool = False
) -> tuple[str, dict[str, list[float]]]:
    from ml.networks.architectures.classifiers import build_classifier
    from ml.networks.backend import reset_session
    from ml.networks.training.classifier import fit_classifier
    from ml.networks.training.generator import weights_digest

    reset_session(3)
    network = build_classifier("densenet-tiny", image_size=24, classes=classes)
    history = fit_classifier(
        network,
        PIXELS,
        np.arange(12) % 3,
        steps=6,
        batch_size=4,
        learning_rate=3e-3,
        seed=5,
        progress=progress,
        checkpoint=Checkpoint(name, every=0),
        recompute=recompute,
    )
    return weights_digest(network), history


def train_generator(name: str, progress: Progress = silent) -> tuple[str, dict[str, list[float]]]:
    from ml.networks.architectures.generator import build_generator
    from ml.networks.backend import reset_session
    from ml.networks.training.generator import fit_generator, weights_digest
    from tests.ml.networks.one_convolution import build_one_convolution

    reset_session(3)
    classifier = build_one_convolution(image_size=24, classes=3)
    generator = build_generator(image_size=24, strength=8, filters=4)
    history = fit_generator(
        generator,
        classifier,
        PIXELS,
        np.arange(12) % 3,
        target=1,
        settings=GeneratorSettings(steps=6, batch_size=4, size_penalty=0.01),
        seed=5,
        progress=progress,
        checkpoint=Checkpoint(name, every=0),
    )
    return weights_digest(generator), history


@pytest.mark.training
@pytest.mark.parametrize("train", [train_classifier, train_generator])
def test_a_training_goes_on_where_it_was(
    train: Any, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is traced once: TensorFlow does so twice when a step makes variables, and it is what a start takes."""
    from ml.networks.backend import keras

    settings.DATA_DIR = tmp_path
    traced: list[str] = []
    step = keras.Model.train_step

    def counted(network: Any, data: Any) -> Any:
        traced.append(network.name)
        return step(network, data)

    monkeypatch.setattr(keras.Model, "train_step", counted)

    whole = train("whole")
    assert len(traced) == 1

    with pytest.raises(CutOffError):
        train("cut", cut_off_after(3))
    gone_on = train("cut")

    assert gone_on == whole
    assert train("cut") == whole, "and once done there is nothing to do again"


@pytest.mark.training
def test_a_training_goes_on_in_less_memory(settings: Any, tmp_path: Any) -> None:
    """What was cut off for want of memory is gone on with, and is the training that was not, to the bit."""
    settings.DATA_DIR = tmp_path
    whole = train_classifier("whole")
    assert [len(values) for values in whole[1].values()] == [6, 6], "one figure a batch"

    with pytest.raises(CutOffError):
        train_classifier("cut", cut_off_after(2))
    with pytest.raises(CutOffError):
        train_classifier("cut", cut_off_after(4), recompute=True)

    assert train_classifier("cut", recompute=True) == whole


@pytest.mark.usefixtures("eager_networks")
def test_the_state_of_another_network_is_refused(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    with pytest.raises(CutOffError):
        train_classifier("cut", cut_off_after(1))

    with pytest.raises(MlError, match="of another network"):
        train_classifier("cut", classes=4)

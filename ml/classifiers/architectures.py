"""The classifiers that can be trained, by name: what they ask of an image, known without building them."""

from dataclasses import dataclass

from django.utils.translation import gettext_noop

EXTERNAL = "added"
"""What `Classifier.architecture` says of an external classifier; stored since the first version."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """One classifier's shape, as the interface offers it (layers are in `ml.networks.architectures.classifiers`)."""

    name: str
    title: str
    """As a report names it."""
    description: str
    """As a form offers it."""
    default_image_size: int
    smallest_image_size: int
    default_learning_rate: float
    takes_weights: bool
    """Whether it can start from weights trained on other images."""


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture(
            "densenet201",
            "DenseNet-201, 18 million weights",
            gettext_noop("DenseNet-201, as in the paper: 18 million weights"),
            256,
            32,
            1e-3,
            takes_weights=True,
        ),
        Architecture(
            "densenet121",
            "DenseNet-121, 7 million weights",
            gettext_noop("DenseNet-121: 7 million weights"),
            224,
            32,
            1e-3,
            takes_weights=True,
        ),
        Architecture(
            "backbone",
            "a convolutional network from a file, its head made anew",
            gettext_noop("any convolutional Keras network from a file (--weights FILE.keras), its head made anew"),
            224,
            32,
            2e-3,
            takes_weights=True,
        ),
        Architecture(
            "densenet-small",
            "DenseNet-BC of 3, 4, 6 and 4 layers, growth 12, 0.16 million weights",
            gettext_noop("DenseNet-BC 3-4-6-4, growth 12: 0.16 million weights"),
            128,
            32,
            3e-3,
            takes_weights=False,
        ),
        Architecture(
            "densenet-tiny",
            "DenseNet-BC of 1 and 1 layers, growth 4",
            gettext_noop("DenseNet-BC 1-1, growth 4: to try the steps out"),
            32,
            16,
            3e-3,
            takes_weights=False,
        ),
    )
}

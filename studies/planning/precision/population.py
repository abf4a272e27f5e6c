"""What the plans of simulated observers ask of observers and images, and the observers and images of the simulation."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from studies.planning.precision.method import Given
from studies.planning.precision.quantities import Quantity

if TYPE_CHECKING:
    from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation

IMAGES = Quantity(
    name="images",
    label=gettext_lazy("Images"),
    help=gettext_lazy("That each judges"),
    usual=50,
    least=4,
    most=2000,
    whole=True,
)
PREVALENCE = Quantity(
    name="prevalence",
    label=gettext_lazy("Share perturbed"),
    help=gettext_lazy("Of the images, 0 to 1"),
    usual=0.6,
    least=0.02,
    most=0.98,
)
OBSERVER_SD = Quantity(
    name="observer_sd",
    label=gettext_lazy("SD between observers"),
    help=gettext_lazy("Of d′ and of the criterion; 0: all are alike"),
    usual=0.3,
    most=5,
)
IMAGE_SD = Quantity(
    name="image_sd",
    label=gettext_lazy("SD between images"),
    help=gettext_lazy("In SDs of one impression; 0: all are alike"),
    usual=0.5,
    most=100,
)


def population_of(given: Given) -> tuple["ObserverPopulation", "ImpressionNoise"]:
    """Return observers of the mean d′ that is given, with their spread, and how images and looks differ.

    Raises
    ------
    ValueError
        A standard deviation below 0.
    """
    from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation  # brings SciPy

    observer_sd, image_sd = given["observer_sd"], given["image_sd"]
    if min(observer_sd, image_sd) < 0:
        raise ValueError("standard deviations are 0 or more")
    return ObserverPopulation(given["dprime"], 0.0, observer_sd, observer_sd), ImpressionNoise.standardised(image_sd)

"""How many observers the mean grade of a degradation category rating takes, or how far its interval reaches."""

from django.utils.translation import gettext, gettext_lazy

from studies.planning.precision.method import (
    Given,
    PrecisionMethod,
    PrecisionPlan,
    PrecisionRow,
    figure_text,
    number_text,
    observers_text,
)
from studies.planning.precision.quantities import Quantity


class GradesMethod(PrecisionMethod):
    """A degradation category rating: its mean grade (DMOS)."""

    key = "grades"
    title = gettext_lazy("Plan a degradation category rating")
    lead = gettext_lazy(
        "How many observers it takes for an interval of the mean grade (DMOS) of a wanted width, or how far the "
        "interval of so many reaches."
    )
    purpose = (
        "Work out how many observers a degradation category rating takes, so that the interval of the mean grade "
        "(DMOS), for observers and images like these, reaches so far to either side (--half-width); with --observers, "
        "how far it reaches. How much grades vary is known from a pilot: its report tells the standard deviations."
    )
    quantities = (
        Quantity(
            name="half_width",
            label=gettext_lazy("Wanted half width, in grades"),
            help=gettext_lazy("Such as 0.2; or leave it empty, and say how many observers there are"),
            usual=None,
            least=0.01,
            most=4,
            metavar="GRADES",
        ),
        Quantity(
            name="observers",
            label=gettext_lazy("Observers"),
            help=gettext_lazy("How many there are, in the place of the half width"),
            usual=None,
            least=3,
            most=10_000,
            whole=True,
        ),
        Quantity(
            name="images",
            label=gettext_lazy("Images"),
            help=gettext_lazy("Perturbed test images that each grades"),
            usual=30,
            least=2,
            most=10_000,
            whole=True,
        ),
        Quantity(
            name="observer_sd",
            label=gettext_lazy("SD between observers"),
            help=gettext_lazy("Of their mean grades"),
            usual=0.4,
            most=2,
        ),
        Quantity(
            name="image_sd",
            label=gettext_lazy("SD between images"),
            help=gettext_lazy("Of their mean grades"),
            usual=0.3,
            most=2,
        ),
        Quantity(
            name="rest_sd",
            label=gettext_lazy("SD of single grades"),
            help=gettext_lazy("Of one observer’s grades of one image, beside the other two"),
            usual=0.6,
            most=2,
        ),
        Quantity(
            name="level",
            label=gettext_lazy("Level of the interval"),
            help=gettext_lazy("Between 0 and 1"),
            usual=0.95,
            least=0.5,
            most=0.9999,
        ),
    )

    def wrong(self, given: Given) -> dict[str, str]:
        """Refuse both, or neither, of what follows from one another."""
        if not {"half_width", "observers"} <= given.keys():
            return {}
        if (given["half_width"] is None) == (given["observers"] is None):
            return {"half_width": gettext("Give the half width, or the observers: the other follows.")}
        return {}

    def seconds(self, given: Given) -> float:
        """Return 0: nothing is simulated."""
        return 0.0

    def plan(self, given: Given, *, studies: int, seed: int) -> PrecisionPlan:
        """Work it out.

        Raises
        ------
        ValueError
            A number outside its range, or neither or both of what is to be worked out.
        """
        from perception.analysis.planning import mean_grade  # brings SciPy

        wanted, observers, images, level = (given[name] for name in ("half_width", "observers", "images", "level"))
        if (wanted is None) == (observers is None):
            raise ValueError("give a half-width, to learn the observers it takes, or observers, to learn how far")
        spread = mean_grade.GradeSpread(given["observer_sd"], given["image_sd"], given["rest_sd"])
        if wanted is not None:
            observers = mean_grade.observers_needed(spread, wanted, images=images, level=level)
        reached = (
            None
            if observers is None
            else mean_grade.half_width(spread, observers=observers, images=images, level=level)
        )
        assumed = gettext(
            "Assumed: standard deviations of %(observers)s between observers, %(images)s between images and %(rest)s "
            "of single grades, on the scale from 1 to 5; every observer grades %(n)s images."
        ) % {
            "observers": number_text(spread.observers),
            "images": number_text(spread.images),
            "rest": number_text(spread.rest),
            "n": images,
        }
        share = number_text(100 * level)
        if observers is None or reached is None:
            sentence = gettext(
                "No number of observers makes the %(level)s%% interval of the mean grade as narrow as ±%(wanted)s: "
                "these images alone vary too much. Take more images."
            ) % {"level": share, "wanted": number_text(wanted)}
            row = PrecisionRow(gettext("No number of observers"), ("–",), sentence)
        else:
            size = observers_text(observers)
            sentence = gettext(
                "%(size)s: the %(level)s%% interval of the mean grade reaches ±%(reached)s (images and observers "
                "random)."
            ) % {"size": size, "level": share, "reached": figure_text(reached)}
            row = PrecisionRow(size, (f"± {figure_text(reached)}",), sentence)
        found = {"observers": observers, "images": images, "half_width": reached, "wanted": wanted, "level": level}
        return PrecisionPlan(assumed, (gettext("Mean grade"),), (row,), found)

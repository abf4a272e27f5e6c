"""How precisely marked places will tell what observers see, by the number of observers."""

from dataclasses import asdict

from django.utils.translation import gettext, gettext_lazy

from studies.planning.precision.method import (
    Given,
    PrecisionMethod,
    PrecisionPlan,
    PrecisionRow,
    figure_text,
    number_text,
    observers_text,
    share_text,
)
from studies.planning.precision.population import IMAGE_SD, IMAGES, OBSERVER_SD, PREVALENCE, population_of
from studies.planning.precision.quantities import Quantity

OBSERVERS = Quantity(
    name="observers",
    label=gettext_lazy("Observers"),
    help=gettext_lazy("A line for each number, such as 3, 5, 10"),
    usual=(3, 5, 10, 20),
    least=3,
    most=500,
    whole=True,
    several=True,
    metavar="N",
)


class PlacesMethod(PrecisionMethod):
    """Marked places: the area under the LROC curve, and the share of right places."""

    key = "places"
    title = gettext_lazy("Plan marked places")
    lead = gettext_lazy(
        "How wide the intervals will be of the area under the LROC curve and of the share of right places, by the "
        "number of observers."
    )
    purpose = (
        "Simulate studies whose observers rate each image and mark the likeliest place of the change, and print how "
        "wide the intervals are of the area under the LROC curve and of the share of right places, and how often that "
        "share is shown to lie above chance. What simulated observers are, docs/statistics.md says."
    )
    quantities = (
        OBSERVERS,
        IMAGES,
        PREVALENCE,
        Quantity(
            name="dprime",
            label=gettext_lazy("Mean d′"),
            help=gettext_lazy("For the change at its place"),
            usual=1.5,
            least=0,
            most=5,
        ),
        Quantity(
            name="places",
            label=gettext_lazy("Places of an image"),
            help=gettext_lazy("How many times as large as the region that counts as right an image is"),
            usual=10,
            least=2,
            most=1000,
            whole=True,
        ),
        OBSERVER_SD,
        IMAGE_SD,
    )
    studies = 200

    def seconds(self, given: Given) -> float:
        """Return about how long it takes to simulate one study of each size."""
        return float(sum(0.007 + 6e-6 * n * given["images"] + 1.5e-6 * n * n for n in given["observers"]))

    def plan(self, given: Given, *, studies: int, seed: int) -> PrecisionPlan:
        """Simulate.

        Raises
        ------
        ValueError
            A number outside its range.
        """
        from perception.analysis.planning.marked_places import places_precision  # brings SciPy
        from perception.analysis.simulated_observers.search import PlaceSearch

        places, images = given["places"], given["images"]
        perturbed = round(given["prevalence"] * images)
        search = PlaceSearch(*population_of(given), places)
        found = [
            places_precision(
                search, observers=n, perturbed=perturbed, clean=images - perturbed, studies=studies, seed=seed
            )
            for n in given["observers"]
        ]
        assumed = gettext(
            "%(perturbed)s perturbed and %(clean)s clean images, d′ %(dprime)s at the place of the change, which is 1 "
            "of %(places)s places: %(share)s of them are marked rightly (chance %(chance)s), and the area "
            "under the LROC curve is %(area)s. 95%% intervals for observers and images like these, %(studies)s "
            "simulated studies:"
        ) % {
            "perturbed": perturbed,
            "clean": images - perturbed,
            "dprime": number_text(given["dprime"]),
            "places": places,
            "share": share_text(found[0].share),
            "chance": share_text(1 / places),
            "area": figure_text(found[0].area),
            "studies": studies,
        }
        rows = []
        for one in found:
            area, share = figure_text(one.area_half_width), figure_text(one.share_half_width)
            located = share_text(one.located)
            size = observers_text(one.observers)
            sentence = gettext(
                "%(size)s: area ± %(area)s, right places ± %(share)s; shown to be above chance in %(located)s of "
                "studies"
            ) % {"size": size, "area": area, "share": share, "located": located}
            rows.append(PrecisionRow(size, (f"± {area}", f"± {share}", located), sentence))
        columns = (
            gettext("Area under the LROC curve"),
            gettext("Share of right places"),
            gettext("Shown to be above chance"),
        )
        return PrecisionPlan(assumed, columns, tuple(rows), [asdict(one) for one in found])

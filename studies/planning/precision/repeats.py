"""How precisely agreement within observers will be known, by how many trials are shown twice."""

from dataclasses import asdict, replace

from django.utils.translation import gettext, gettext_lazy, ngettext

from perception.core.formatting import localized
from studies.planning.precision.method import (
    Given,
    PrecisionMethod,
    PrecisionPlan,
    PrecisionRow,
    figure_text,
    number_text,
    share_text,
)
from studies.planning.precision.population import IMAGE_SD, IMAGES, OBSERVER_SD, PREVALENCE, population_of
from studies.planning.precision.quantities import Quantity


class RepeatsMethod(PrecisionMethod):
    """Trials that are shown twice: kappa within observers."""

    key = "repeats"
    title = gettext_lazy("Plan trials shown twice")
    lead = gettext_lazy(
        "How wide the interval of kappa within observers will be, by how many trials each is shown a second time."
    )
    purpose = (
        "Simulate studies that show trials twice, and print how wide the interval of kappa within observers is, by how "
        "many of them there are. What simulated observers are, docs/statistics.md says."
    )
    quantities = (
        Quantity(
            name="repeats",
            label=gettext_lazy("Trials shown twice"),
            help=gettext_lazy("A line for each number, such as 10, 20"),
            usual=(5, 10, 15, 20, 30),
            least=1,
            most=2000,
            whole=True,
            several=True,
            metavar="N",
        ),
        Quantity(
            name="observers",
            label=gettext_lazy("Observers"),
            usual=4,
            least=3,
            most=500,
            whole=True,
        ),
        IMAGES,
        PREVALENCE,
        Quantity(
            name="dprime",
            label=gettext_lazy("Mean d′"),
            help=gettext_lazy("0: they guess"),
            usual=0.0,
            least=-5,
            most=5,
        ),
        replace(OBSERVER_SD, usual=0.0),
        replace(IMAGE_SD, usual=0.0),
        Quantity(
            name="look_share",
            label=gettext_lazy("Share of a look that comes back"),
            help=gettext_lazy("How much of the first look’s variance comes back, 0 to below 1"),
            usual=0.5,
            least=0,
            most=0.99,
        ),
    )
    studies = 200

    def seconds(self, given: Given) -> float:
        """Return about how long it takes to simulate one study of each size."""
        return float(sum(0.001 + 15e-6 * repeated * given["observers"] for repeated in given["repeats"]))

    def complete(self, given: Given) -> dict[str, object]:
        """Return what is given; of the usual numbers of trials, those that there are."""
        complete = super().complete(given)
        if given.get("repeats") is None:
            complete["repeats"] = [n for n in complete["repeats"] if n <= complete["images"]] or [complete["images"]]
        return complete

    def plan(self, given: Given, *, studies: int, seed: int) -> PrecisionPlan:
        """Simulate.

        Raises
        ------
        ValueError
            A number outside its range.
        """
        from perception.analysis.number_words import signed
        from perception.analysis.planning.repeats import kappa_precision  # brings SciPy
        from perception.analysis.simulated_observers.repeated_looks import RepeatedLooks

        looks = RepeatedLooks(*population_of(given), given["look_share"], given["prevalence"])
        found = [
            kappa_precision(
                looks, observers=given["observers"], images=given["images"], repeated=n, studies=studies, seed=seed
            )
            for n in given["repeats"]
        ]
        assumed = gettext(
            "%(observers)s observers, %(images)s images each, d′ %(dprime)s, look share %(share)s: kappa within "
            "observers is %(kappa)s. 95%% intervals for observers like these, %(studies)s simulated studies:"
        ) % {
            "observers": given["observers"],
            "images": given["images"],
            "dprime": number_text(given["dprime"]),
            "share": number_text(given["look_share"]),
            "kappa": localized(signed(found[0].kappa, digits=2)),
            "studies": studies,
        }
        rows = []
        for one in found:
            width, estimable = figure_text(one.half_width), share_text(one.estimable)
            size = ngettext("%(n)s trial shown twice", "%(n)s trials shown twice", one.repeated) % {"n": one.repeated}
            sentence = f"{size}: " + (
                gettext("no interval")
                if one.half_width is None
                else gettext("95%% interval ± %(width)s") % {"width": width}
            )
            if 0 < one.estimable < 1:
                sentence += gettext(" (in %(share)s of studies)") % {"share": estimable}
            rows.append(PrecisionRow(size, (f"± {width}", estimable), sentence))
        columns = (gettext("Kappa within observers"), gettext("Studies with an interval"))
        return PrecisionPlan(assumed, columns, tuple(rows), [asdict(one) for one in found])

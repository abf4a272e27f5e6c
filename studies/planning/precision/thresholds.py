"""How precisely strengths that are chosen from answers will tell thresholds, by the number of trials."""

from dataclasses import asdict

from django.utils.translation import gettext, gettext_lazy, ngettext

from studies.planning.precision.method import (
    Given,
    PrecisionMethod,
    PrecisionPlan,
    PrecisionRow,
    figure_text,
    number_text,
    share_text,
)
from studies.planning.precision.quantities import Quantity

TWO_AFC, YES_NO = "two_afc", "yes_no"


class ThresholdsMethod(PrecisionMethod):
    """Strengths chosen by QUEST+: each observer's threshold, and that of observers like these."""

    key = "thresholds"
    title = gettext_lazy("Plan strengths chosen from answers")
    lead = gettext_lazy(
        "By which factor the interval of a threshold will reach below and above it, for one observer and for observers "
        "like these, by the number of trials."
    )
    purpose = (
        "Simulate studies whose strengths are chosen from the answers (QUEST+), and print by which factor the interval "
        "of a threshold reaches below and above it, for one observer and for observers like these, by the number of "
        "trials. What simulated observers are, docs/statistics.md says."
    )
    quantities = (
        Quantity(
            name="trials",
            label=gettext_lazy("Trials"),
            help=gettext_lazy("Of each observer, clean images among them; a line for each number, such as 30, 60"),
            usual=(30, 60, 90, 120),
            least=1,
            most=2000,
            whole=True,
            several=True,
            metavar="N",
        ),
        Quantity(
            name="observers",
            label=gettext_lazy("Observers"),
            usual=6,
            least=2,
            most=200,
            whole=True,
        ),
        Quantity(
            name="task",
            label=gettext_lazy("What is asked"),
            usual=TWO_AFC,
            choices=(
                (TWO_AFC, gettext_lazy("which of two images is perturbed")),
                (YES_NO, gettext_lazy("clean or perturbed")),
            ),
        ),
        Quantity(
            name="strength",
            label=gettext_lazy("Strengths, in levels"),
            help=gettext_lazy("Of the image pairs"),
            usual=(1.0, 2.0, 4.0, 8.0, 16.0),
            least=0.01,
            most=255,
            several=True,
            metavar="LEVELS",
        ),
        Quantity(
            name="threshold",
            label=gettext_lazy("Threshold, in levels"),
            help=gettext_lazy("Of the mean observer: half is noticed, beyond guessing"),
            usual=4.0,
            least=0.01,
            most=255,
        ),
        Quantity(
            name="slope",
            label=gettext_lazy("Slope"),
            help=gettext_lazy("Per doubling of strength"),
            usual=2.0,
            least=0.1,
            most=20,
        ),
        Quantity(
            name="threshold_sd",
            label=gettext_lazy("SD of thresholds between observers"),
            help=gettext_lazy("In doublings of strength; 0: all are alike"),
            usual=0.4,
            most=5,
        ),
        Quantity(
            name="false_alarms",
            label=gettext_lazy("False alarms"),
            help=gettext_lazy("Share of clean images called perturbed; not used where there are two images"),
            usual=0.15,
            most=0.95,
        ),
        Quantity(
            name="prevalence",
            label=gettext_lazy("Share perturbed"),
            help=gettext_lazy("Of the images, 0 to 1; not used where there are two images"),
            usual=0.67,
            least=0.02,
            most=1,
        ),
    )
    studies = 50

    def seconds(self, given: Given) -> float:
        """Return about how long one study of each size takes: a choice takes longer late in a session."""
        of_choice = 3e-4 if given["task"] == YES_NO else 1.5e-4
        return float(sum(given["observers"] * (4e-4 + of_choice * n * (1 + n / 400)) for n in given["trials"]))

    def plan(self, given: Given, *, studies: int, seed: int) -> PrecisionPlan:
        """Simulate.

        Raises
        ------
        ValueError
            A number outside its range.
        """
        from perception.analysis.planning.thresholds import threshold_precision  # brings SciPy
        from perception.analysis.simulated_observers.threshold_sessions import ThresholdSessions

        sessions = ThresholdSessions(
            "yes_no" if given["task"] == YES_NO else "two_afc",
            tuple(sorted(given["strength"])),
            given["threshold"],
            given["slope"],
            given["threshold_sd"],
            false_alarms=given["false_alarms"],
            clean_share=1 - given["prevalence"],
        )
        found = [
            threshold_precision(sessions, observers=given["observers"], trials=n, studies=studies, seed=seed)
            for n in given["trials"]
        ]
        assumed = gettext(
            "%(observers)s observers, threshold %(threshold)s levels, slope %(slope)s per doubling, strengths "
            "%(strengths)s, chosen by QUEST+. 95%% intervals, %(studies)s simulated studies:"
        ) % {
            "observers": given["observers"],
            "threshold": number_text(given["threshold"]),
            "slope": number_text(given["slope"]),
            "strengths": ", ".join(number_text(one) for one in sessions.strengths),
            "studies": studies,
        }
        rows = []
        for one in found:
            own, pooled = figure_text(one.own_factor), figure_text(one.pooled_factor)
            undefined = share_text(one.undefined)
            size = ngettext("%(n)s trial", "%(n)s trials", one.trials) % {"n": one.trials}
            sentence = gettext(
                "%(size)s: one observer’s threshold ×/÷ %(own)s, that of observers like these ×/÷ %(pooled)s"
            ) % {"size": size, "own": own, "pooled": pooled}
            if one.undefined:
                sentence += gettext("; %(share)s of observers without a threshold") % {"share": undefined}
            rows.append(PrecisionRow(size, (f"×/÷ {own}", f"×/÷ {pooled}", undefined), sentence))
        columns = (
            gettext("One observer’s threshold"),
            gettext("Threshold of observers like these"),
            gettext("Observers without a threshold"),
        )
        return PrecisionPlan(assumed, columns, tuple(rows), [asdict(one) for one in found])

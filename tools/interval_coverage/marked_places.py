"""`python -m tools.interval_coverage.marked_places`: whether the intervals of marked places hold the true values.

Simulated observers look for a change in one of ten places, rate the image and mark the likeliest place; a study is
analysed as a report does, and what it says is compared with the true values, which are integrals.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.localization.summary import LocalizationSummary, summarise_localization
from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation
from perception.analysis.simulated_observers.search import PlaceSearch

PLACES = 10
PERTURBED, CLEAN = 30, 20
CRITERION = 0.5
FIGURES = (
    "area under the LROC curve, these observers",
    "area under the LROC curve, observers random",
    "share of right places, these observers",
    "share of right places, observers random",
)


@dataclass(frozen=True, slots=True)
class PlaceSetting:
    """What is simulated: observers, their d′ for the change at its place, and how images and observers differ."""

    observers: int
    dprime: float
    image_sd: float
    observer_sd: float

    @property
    def search(self) -> PlaceSearch:
        """The observers and images."""
        population = ObserverPopulation(self.dprime, CRITERION, self.observer_sd, self.observer_sd)
        return PlaceSearch(population, ImpressionNoise.standardised(self.image_sd), PLACES)


def settings() -> list[PlaceSetting]:
    """Return what is tried."""
    return [
        PlaceSetting(observers, dprime, image_sd, observer_sd)
        for observers in (3, 5, 10)
        for image_sd, observer_sd in ((0.0, 0.0), (0.5, 0.3))
        for dprime in (0.0, 1.0, 2.0, 3.0)
    ]


@dataclass(frozen=True, slots=True)
class Held:
    """How often the interval of a figure held the true value.

    Attributes
    ----------
    n, held
        Studies with an interval, and those whose interval held it.
    bias
        Mean of estimate less true value, of all studies.
    """

    figure: str
    setting: PlaceSetting
    n: int
    held: int
    bias: float


def run(setting: PlaceSetting, *, studies: int, seed: int) -> list[Held]:
    """Simulate studies and analyse each as a report does."""
    rng = np.random.default_rng(seed)
    search = setting.search
    of_all = (search.lroc_area(), search.share_placed())
    n, held = dict.fromkeys(FIGURES, 0), dict.fromkeys(FIGURES, 0)
    errors: dict[str, list[float]] = {figure: [] for figure in FIGURES}
    for _ in range(studies):
        dprime, criterion = search.observers(setting.observers, rng)
        answers = search.answers_of(dprime, criterion, perturbed=PERTURBED, clean=CLEAN, rng=rng)
        found = summarise_localization(
            answers.truth,
            answers.ratings,
            answers.responses,
            answers.placed,
            observers=tuple(map(str, range(setting.observers))),
        )
        varied = setting.observer_sd > 0
        of_these = (search.lroc_area(dprime, criterion), search.share_placed(dprime)) if varied else of_all
        true = (of_these[0], of_all[0], of_these[1], of_all[1])
        for figure, estimate, value in zip(FIGURES, _estimates(found), true, strict=True):
            if estimate is None or estimate.estimate is None:
                continue
            errors[figure].append(estimate.estimate - value)
            if estimate.low is not None and estimate.high is not None:
                n[figure] += 1
                held[figure] += estimate.low <= value <= estimate.high
    return [
        Held(figure, setting, n[figure], held[figure], float(np.mean(errors[figure])) if errors[figure] else np.nan)
        for figure in FIGURES
    ]


def _estimates(found: LocalizationSummary) -> Iterator[Estimate | None]:
    yield from (found.lroc.pooled, found.lroc.crossed, found.placed.these_observers, found.placed.observers_random)


def markdown(rows: Sequence[Held]) -> str:
    """Return the table: in each cell the coverage in per cent, and the bias in percentage points."""
    dprimes = sorted({row.setting.dprime for row in rows})
    lines = [
        f"| figure | observers | σ, τ | {' | '.join(f'd′ {one:g}' for one in dprimes)} |",
        f"|---|---|---|{'---|' * len(dprimes)}",
    ]
    kinds = dict.fromkeys(
        (row.figure, row.setting.observers, row.setting.image_sd, row.setting.observer_sd) for row in rows
    )
    for figure, observers, image_sd, observer_sd in sorted(kinds, key=lambda kind: FIGURES.index(kind[0])):
        cells = {
            row.setting.dprime: f"{100 * row.held / row.n:.1f} ({100 * row.bias:+.2f})" if row.n else "–"
            for row in rows
            if (row.figure, row.setting.observers, row.setting.image_sd, row.setting.observer_sd)
            == (figure, observers, image_sd, observer_sd)
        }
        texts = " | ".join(cells[one] for one in dprimes)
        lines.append(f"| {figure} | {observers} | {image_sd:g}, {observer_sd:g} | {texts} |")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """Simulate and print; a line for each setting on the way goes to standard error."""
    parser = argparse.ArgumentParser(prog="python -m tools.interval_coverage.marked_places", description=__doc__)
    parser.add_argument("--studies", type=int, default=1000, help="of each setting (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.studies < 1:
        parser.error("--studies is 1 or more")
    rows = []
    for setting in settings():
        rows += run(setting, studies=options.studies, seed=options.seed)
        sys.stderr.write(f"{setting}\n")
    sys.stdout.write(f"{options.studies} studies of each setting, seed {options.seed}.\n\n{markdown(rows)}")


if __name__ == "__main__":
    main()

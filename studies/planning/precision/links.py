"""The addresses of the plans of a study's own methods, with its numbers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from studies.models.study import Study
from studies.planning.precision.methods import METHODS
from studies.planning.precision.thresholds import TWO_AFC, YES_NO

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class PrecisionLink:
    """Where a method is planned, and what that page is called."""

    title: "StrOrPromise"
    address: str


def precision_links(study: Study, *, observers: int) -> list[PrecisionLink]:
    """Return where to plan what a study's own methods tell; nothing for one that has none of them.

    Parameters
    ----------
    observers
        How many are invited so far; with fewer than a method takes it is planned for the fewest that it takes, or, as
        long as nobody is, for the usual number.
    """
    return [
        PrecisionLink(METHODS[key].title, _address(key, numbers, observers))
        for key, numbers in _numbers(study, observers).items()
    ]


def _numbers(study: Study, observers: int) -> dict[str, dict[str, object]]:
    """Return the study's numbers for each method that it has."""
    share = round(study.n_perturbed / study.n_images, 4)
    found: dict[str, dict[str, object]] = {}
    if study.adapts_strength:
        found["thresholds"] = {
            "trials": study.n_images,
            "task": TWO_AFC if study.trials.always_perturbed else YES_NO,
            **({} if study.trials.always_perturbed else {"prevalence": share}),
            "strength": ", ".join(f"{one:g}" for one in study.adaptive_strengths),
        }
    if study.trials.marks_place:
        found["places"] = {"images": study.n_images, "prevalence": share}
    if study.trials.grades:
        # Of one that nobody is invited to yet, how many observers it takes.
        found["grades"] = {"images": study.n_perturbed} | ({} if observers else {"half_width": 0.2})
    if study.n_repeated:
        found["repeats"] = {"repeats": study.n_repeated, "images": study.n_images, "prevalence": share}
    return found


def _address(key: str, numbers: dict[str, object], observers: int) -> str:
    asked = next(asked for asked in METHODS[key].quantities if asked.name == "observers")
    if observers:
        numbers = numbers | {"observers": min(max(observers, int(asked.least)), int(asked.most))}
    return f"{reverse('studies:precision-plan', args=[key])}?{urlencode(numbers)}"

"""Whether the image pairs suffice for what a draft is to show: for the series, for practice, for catch trials.

The images are drawn as they would be at the opening (`studies.design.stimulus_selection`), by name and lesion alone and
one use after the other, so that all that lacks is said at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

from ml.models.pair_set import PairSet
from perception.core.formatting import localized
from studies.design.visible_pairs import names_of_visible
from studies.models.pair_sets.unusable import unusable_pairs
from studies.models.study import Study
from studies.randomization import Candidate, DrawingError, draw_others, draw_series


@dataclass(frozen=True, slots=True)
class Use:
    """What images are needed for.

    Attributes
    ----------
    name
        `series`, or `pool` where each observer judges images of their own; `practice`; `catch`.
    needed
        How many images, or lesions where each is to be another one.
    there
        How many there are for it, once the uses before it have theirs.
    of_lesions
        Whether lesions are counted.
    """

    name: str
    needed: int
    there: int
    of_lesions: bool

    @property
    def lacking(self) -> int:
        """How many are lacking."""
        return max(0, self.needed - self.there)


def image_supply(study: Study, further: Iterable[PairSet]) -> list[Use]:
    """Return what a draft needs images for, and how many there are, as its seed draws them.

    Parameters
    ----------
    study
        With numbers within their bounds; it need not be saved.
    further
        The image pairs of its further strengths.
    """
    sets = [study.pair_set, *further]
    lesion_of = _lesions_in_all(study, sets)
    if (visible := names_of_visible(study, sets)) is not None:
        lesion_of = {name: lesion for name, lesion in lesion_of.items() if name in visible}
    candidates = [Candidate(name, lesion) for name, lesion in lesion_of.items()]
    if study.draws_from_pool:
        # As at the opening, where practice and catch trials are drawn before the pool.
        around, taken = _around(study, candidates, lesion_of, set())
        left = [candidate for candidate in candidates if candidate.lesion not in taken]
        pool = len({candidate.lesion for candidate in left}) if study.one_lesion_once else len(left)
        return [Use("pool", max(study.n_images, study.pool_size or 0), pool, study.one_lesion_once), *around]
    needed = study.n_images * study.n_subsets
    there = len(set(lesion_of.values())) if study.one_lesion_once else len(candidates)
    around, _ = _around(study, candidates, lesion_of, _drawn_lesions(study, candidates, lesion_of))
    return [Use("series", needed, there, study.one_lesion_once), *around]


def _around(
    study: Study, candidates: list[Candidate], lesion_of: dict[str, str], taken: set[str]
) -> tuple[list[Use], set[str]]:
    """Return what is needed beside the series, and the lesions that are taken with it; as many as there are."""
    uses, taken = [], set(taken)
    if study.n_practice:
        lesions = set(lesion_of.values())
        uses.append(Use("practice", study.n_practice + 1, len(lesions - taken), of_lesions=True))
        taken |= _drawn(candidates, taken, study.n_practice + 1, seed=study.seed, purpose="practice")
    if study.n_catch and study.catch_pair_set:
        catch = study.catch_pair_set
        of_catch = _lesions_in_all(study, [catch])
        # Of another dataset, a lesion of the same name is another lesion.
        here = catch.dataset_id == study.pair_set.dataset_id
        left = set(of_catch.values()) - (taken if here else set())
        uses.append(Use("catch", study.n_catch, len(left), of_lesions=True))
        if here:
            others = [Candidate(name, lesion) for name, lesion in of_catch.items()]
            taken |= _drawn(others, taken, study.n_catch, seed=study.seed, purpose="catch")
    return uses, taken


def _drawn(candidates: list[Candidate], taken: set[str], n: int, *, seed: int, purpose: str) -> set[str]:
    """Return the lesions that are drawn for practice or catch trials: so many, or all where there are fewer."""
    lesion_of = {candidate.key: candidate.lesion for candidate in candidates if candidate.lesion not in taken}
    n = min(n, len(set(lesion_of.values())))
    drawn = draw_others(candidates, n=n, not_lesions=taken, seed=seed, purpose=purpose)
    return {lesion_of[name] for name in drawn}


def supply_text(use: Use) -> str:
    """Say how many images one use needs, and how many there are."""
    said = {"needed": localized(f"{use.needed:,}"), "there": localized(f"{use.there:,}")}
    if use.name == "series" and use.of_lesions:
        return gettext("The series needs %(needed)s lesions, and the image pairs hold %(there)s") % said
    if use.name == "series":
        return gettext("The series needs %(needed)s images, and the image pairs hold %(there)s") % said
    if use.name == "pool" and use.of_lesions:
        return gettext("The pool needs %(needed)s lesions, and %(there)s are there for it") % said
    if use.name == "pool":
        return gettext("The pool needs %(needed)s images, and %(there)s are there for it") % said
    if use.name == "practice":
        return (
            gettext(
                "Practice and its example need %(needed)s lesions that are not shown otherwise, and %(there)s are left"
            )
            % said
        )
    return gettext("Catch trials need %(needed)s lesions that are not shown otherwise, and %(there)s are left") % said


def _drawn_lesions(study: Study, candidates: list[Candidate], lesion_of: dict[str, str]) -> set[str]:
    """Return the lesions of the series that would be drawn; all of them where they do not suffice."""
    try:
        subsets = draw_series(
            candidates,
            n_perturbed=study.n_perturbed,
            n_clean=study.n_clean,
            n_subsets=study.n_subsets,
            prevalence="fixed",  # which of them are perturbed does not matter here
            one_lesion_once=study.one_lesion_once,
            seed=study.seed,
        )
    except DrawingError:
        return set(lesion_of.values())
    return {lesion_of[item.key] for subset in subsets for item in subset}


def _lesions_in_all(study: Study, sets: list[PairSet]) -> dict[str, str]:
    """Return the lesion of each image, by its name, of which all of the sets have a pair that the study may show."""
    of_sets = []
    for pair_set in sets:
        unusable = unusable_pairs(study, pair_set)
        pairs = pair_set.pairs.values_list("pk", "image__name", "image__lesion")
        of_sets.append({name: lesion for pk, name, lesion in pairs if pk not in unusable})
    return {name: lesion for name, lesion in of_sets[0].items() if all(name in those for those in of_sets)}

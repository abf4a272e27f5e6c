"""Image pairs → what a study shows: the images of the series, of catch trials, of practice and of the example.

On the truth's side: each showing says whether its image is perturbed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ml.models.image_pair import ImagePair
from ml.models.pair_set import PairSet
from studies.design.visible_pairs import names_of_visible, not_measured
from studies.models.pair_sets.unusable import unusable_pairs
from studies.models.study import Study
from studies.models.truth import Truth
from studies.randomization import (
    Candidate,
    DrawingError,
    Drawn,
    allocate_strengths,
    draw_others,
    draw_pool,
    draw_series,
    draw_sides,
    shuffled,
)


@dataclass(frozen=True, slots=True)
class SelectedStimulus:
    """One image that is to become a stimulus."""

    pair: ImagePair
    perturbed: bool
    role: Truth.Role
    subset: int = 0
    place: int = 0
    """Tells apart images of one name that are both clean, or both perturbed: those of a trial that shows the same twin
    twice, and the strengths of an image of a pool."""

    @property
    def key(self) -> str:
        """A name for the drawing, once a study."""
        twin = "perturbed" if self.perturbed else "clean"
        return f"{self.role.value}/{self.pair.image.name}/{twin}/{self.place}"

    @property
    def strength(self) -> float:
        """How strongly the image is perturbed, in 8-bit levels; 0 for a clean one."""
        return self.pair.pair_set.strength if self.perturbed else 0.0

    def attack_in(self, attack_of: Mapping[int, str]) -> str:
        """Return which of the attacks that a study compares perturbed the image; nothing of a clean one.

        Parameters
        ----------
        attack_of
            As `Study.attack_of_pairs` returns it. Catch trials are of none of these attacks.
        """
        if not self.perturbed or self.role == Truth.Role.CATCH:
            return ""
        return attack_of[self.pair.pair_set_id]


def select_stimuli(study: Study) -> list[SelectedStimulus]:
    """Draw everything that a study shows, in an order that is itself drawn, whatever is perturbed and in which role.

    Raises
    ------
    DrawingError
        The pairs do not suffice; the message says for what.
    """
    sources = _Sources.of(study)
    selected = _with_a_pool(study, sources) if study.draws_from_pool else _with_sets(study, sources)
    by_key = {showing.key: showing for showing in selected}
    return [by_key[key] for key in shuffled(by_key, seed=study.seed, purpose="number")]


def pool_strengths(study: Study) -> list[PairSet]:
    """Return the image pairs of the series in the order of a pool's strengths, which no new name changes."""
    return sorted(study.strengths, key=lambda pair_set: (pair_set.strength, pair_set.pk))


@dataclass(frozen=True, slots=True)
class _Sources:
    """The image pairs of a study's series, by their images' names.

    Attributes
    ----------
    pairs
        Of the study's own image pairs, as far as every strength has the image, and it is as visible as the study asks.
    of_strengths
        Of each strength, weakest first.
    candidates
        The images of `pairs`.
    """

    pairs: dict[str, ImagePair]
    of_strengths: list[dict[str, ImagePair]]
    candidates: list[Candidate]

    @classmethod
    def of(cls, study: Study) -> "_Sources":
        sets = pool_strengths(study) if study.draws_from_pool else study.strengths
        pairs_of = {pair_set.pk: _pairs(study, pair_set) for pair_set in sets}
        of_strengths = list(pairs_of.values())
        if unmeasured := not_measured(study, sets):
            raise DrawingError(
                "Images are to be chosen by how visible their change is, which was not measured, or not by this "
                f"measure, of {', '.join(unmeasured)}. Measure it on the page of the image pairs, or choose images "
                "otherwise."
            )
        visible = names_of_visible(study, sets)
        pairs = {
            name: pair
            for name, pair in pairs_of[study.pair_set_id].items()
            if all(name in those for those in of_strengths) and (visible is None or name in visible)
        }
        return cls(pairs, of_strengths, _candidates(pairs.values()))


def _with_sets(study: Study, sources: _Sources) -> list[SelectedStimulus]:
    """Draw the sets of images that are dealt out, then what stands beside the series."""
    subsets = draw_series(
        sources.candidates,
        n_perturbed=study.n_perturbed,
        n_clean=study.n_clean,
        n_subsets=study.n_subsets,
        prevalence="random" if study.prevalence == Study.Prevalence.RANDOM else "fixed",
        one_lesion_once=study.one_lesion_once,
        seed=study.seed,
    )
    selected = []
    for subset, drawn in enumerate(subsets):
        strong = _strong_pairs(study, drawn, sources.of_strengths, purpose=f"strength {subset}")
        for item in drawn:
            pair = strong.get(item.key, sources.pairs[item.key])
            selected += _shown(pair, twins_shown(study, perturbed=item.perturbed), Truth.Role.SERIES, subset)
    return selected + _beside_the_series(study, sources, _lesions(selected))


def _with_a_pool(study: Study, sources: _Sources) -> list[SelectedStimulus]:
    """Draw what stands beside the series, then the pool: of each of its images whatever an observer may meet of it.

    The other way round, a pool of all images would leave none for practice.
    """
    beside = _beside_the_series(study, sources, set())
    # Catch trials of another dataset show other lesions, whatever these are called.
    here = [showing for showing in beside if showing.pair.pair_set.dataset_id == study.pair_set.dataset_id]
    taken = _lesions(here)
    pool = draw_pool(
        [candidate for candidate in sources.candidates if candidate.lesion not in taken],
        size=study.pool_size,
        n_images=study.n_images,
        one_lesion_once=study.one_lesion_once,
        seed=study.seed,
    )
    selected = []
    for name in pool:
        selected += _shown(sources.pairs[name], (False,) * _clean_of_an_image(study), Truth.Role.SERIES)
        for place, pairs in enumerate(sources.of_strengths):
            selected.append(SelectedStimulus(pairs[name], perturbed=True, role=Truth.Role.SERIES, place=place))
    return selected + beside


def stimuli_of_an_image(study: Study) -> int:
    """Return how many stimuli are made of each image of a study's pool."""
    return _clean_of_an_image(study) + len(study.strengths)


def _clean_of_an_image(study: Study) -> int:
    """Return how many clean stimuli are made of each image: two where a trial may show it beside itself."""
    return max(twins_shown(study, perturbed=perturbed).count(False) for perturbed in (False, True))


def _beside_the_series(study: Study, sources: _Sources, taken: Collection[str]) -> list[SelectedStimulus]:
    """Draw the example, practice and catch trials, on lesions that are not taken."""
    # Practice is drawn before the catch trials, which may come from other images.
    practice = _draw_practice(study, sources, taken) if study.n_practice else []
    catch = []
    if study.n_catch:
        catch = _draw_catch(study, {*taken, *_lesions(practice)}, twins_shown(study, perturbed=True))
    return practice + catch


def _lesions(selected: Iterable[SelectedStimulus]) -> set[str]:
    return {showing.pair.image.lesion for showing in selected}


def _draw_practice(study: Study, sources: _Sources, taken: Collection[str]) -> list[SelectedStimulus]:
    """Draw the example and the practice trials: one pair more than trials.

    Of several attacks each has its part, as in the series: practice on one alone would make observers better at that.
    """
    first, *names = draw_others(
        sources.candidates, n=study.n_practice + 1, not_lesions=taken, seed=study.seed, purpose="practice"
    )
    sides = draw_sides(study.n_practice, seed=study.seed, purpose="practice")
    drawn = [Drawn(name, perturbed) for name, perturbed in zip(names, sides, strict=True)]
    shared = study.compares_attacks
    strong = _strong_pairs(study, drawn, sources.of_strengths, purpose="strength practice") if shared else {}
    selected = _shown(sources.pairs[first], (False, True), Truth.Role.EXAMPLE)
    for item in drawn:
        pair = strong.get(item.key, sources.pairs[item.key])
        selected += _shown(pair, twins_shown(study, perturbed=item.perturbed), Truth.Role.PRACTICE)
    return selected


def _strong_pairs(
    study: Study, drawn: Sequence[Drawn], of_strengths: Sequence[dict[str, ImagePair]], *, purpose: str
) -> dict[str, ImagePair]:
    """Return the pairs of the trials that show a perturbed image, strengths and attacks shared out among them."""
    keys = [item.key for item in drawn if True in twins_shown(study, perturbed=item.perturbed)]
    places = allocate_strengths(keys, len(of_strengths), seed=study.seed, purpose=purpose)
    return {key: of_strengths[place][key] for key, place in places.items()}


def _draw_catch(study: Study, taken: set[str], shown: tuple[bool, ...]) -> list[SelectedStimulus]:
    catch_set = study.catch_pair_set
    if catch_set is None:
        raise ValueError("a study with catch trials has pairs for them")
    pairs = _pairs(study, catch_set)
    # Of another dataset, a lesion of the same name is another lesion.
    not_lesions = taken if catch_set.dataset_id == study.pair_set.dataset_id else set()
    names = draw_others(
        _candidates(pairs.values()), n=study.n_catch, not_lesions=not_lesions, seed=study.seed, purpose="catch"
    )
    return [showing for name in names for showing in _shown(pairs[name], shown, Truth.Role.CATCH)]


def twins_shown(study: Study, *, perturbed: bool) -> tuple[bool, ...]:
    """Return which twins a trial shows, from whether it is one of the perturbed ones."""
    if study.trials.images == 1:
        return (perturbed,)
    return (False, perturbed or study.trials.always_perturbed)


def _shown(pair: ImagePair, shown: tuple[bool, ...], role: Truth.Role, subset: int = 0) -> list[SelectedStimulus]:
    return [SelectedStimulus(pair, perturbed, role, subset, place) for place, perturbed in enumerate(shown)]


def _pairs(study: Study, pair_set: PairSet) -> dict[str, ImagePair]:
    """Return the pairs of a set that the study may show, by their images' names."""
    unusable = unusable_pairs(study, pair_set)
    pairs = pair_set.pairs.select_related("image", "pair_set")
    return {pair.image.name: pair for pair in pairs if pair.pk not in unusable}


def _candidates(pairs: Iterable[ImagePair]) -> list[Candidate]:
    return [Candidate(pair.image.name, pair.image.lesion) for pair in pairs]

"""Which images a study shows, and which of their twins."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from studies.randomization.errors import DrawingError
from studies.randomization.hashing import chance, shuffled

Prevalence = Literal["fixed", "random"]
TRIES = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """An image pair that may be drawn: its key, and the lesion that it shows."""

    key: str
    lesion: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn image pair, and which of the twins is shown."""

    key: str
    perturbed: bool


def draw_series(
    candidates: Sequence[Candidate],
    *,
    n_perturbed: int,
    n_clean: int,
    n_subsets: int,
    prevalence: Prevalence,
    one_lesion_once: bool,
    seed: int,
) -> list[list[Drawn]]:
    """Draw the images of a study, in one or several subsets that have no image in common.

    The order within a subset is itself drawn, and independent of which images are perturbed.

    Parameters
    ----------
    candidates
        The pairs at hand, each key once, in any order.
    n_perturbed, n_clean
        How many of each a subset has, at least 0.
    n_subsets
        How many subsets, at least 1.
    prevalence
        "fixed": exactly so many of each. "random": each image is perturbed with probability
        n_perturbed/(n_perturbed + n_clean), whatever the others are, but that a subset has at least one of each.
    one_lesion_once
        Draw at most one image of each lesion, in all subsets together.
    seed
        The study's seed. The same candidates and numbers give the same draw.

    Returns
    -------
    list of list of Drawn
        A list for each subset.

    Raises
    ------
    DrawingError
        Fewer images, or fewer lesions, than asked for; a random prevalence without images of both kinds.
    ValueError
        A negative number, no subset, or a key that stands twice.
    """
    if min(n_perturbed, n_clean) < 0 or n_subsets < 1:
        raise ValueError(f"{n_perturbed} perturbed, {n_clean} clean, {n_subsets} subsets")
    if prevalence == "random" and min(n_perturbed, n_clean) == 0:
        raise DrawingError(
            f"A random prevalence needs images of both kinds; {n_perturbed} perturbed and {n_clean} clean are asked "
            "for. Ask for at least one of each, or for a fixed number."
        )
    size = n_perturbed + n_clean
    in_order = drawn_order(candidates, one_lesion_once=one_lesion_once, seed=seed, purpose="draw")
    if len(in_order) < size * n_subsets:
        raise _short(len(in_order), candidates, n_perturbed, n_clean, n_subsets, one_lesion_once=one_lesion_once)
    subsets = [in_order[size * subset : size * (subset + 1)] for subset in range(n_subsets)]
    perturbed = _perturbed_at_random if prevalence == "random" else _perturbed_exactly
    return [_numbered(keys, perturbed(keys, n_perturbed, seed), seed) for keys in subsets]


def draw_stimuli(
    candidates: Sequence[Candidate], *, n_perturbed: int, n_clean: int, one_lesion_once: bool, seed: int
) -> list[Drawn]:
    """Draw one series with a fixed prevalence, as `draw_series` does.

    Parameters
    ----------
    candidates, n_perturbed, n_clean, one_lesion_once, seed
        As for `draw_series`.

    Returns
    -------
    list of Drawn
        n_perturbed + n_clean of them, in random order.

    Raises
    ------
    DrawingError
        Fewer images, or fewer lesions, than asked for.
    ValueError
        A negative number, or a key that stands twice.
    """
    return draw_series(
        candidates,
        n_perturbed=n_perturbed,
        n_clean=n_clean,
        n_subsets=1,
        prevalence="fixed",
        one_lesion_once=one_lesion_once,
        seed=seed,
    )[0]


def draw_others(
    candidates: Sequence[Candidate], *, n: int, not_lesions: Collection[str], seed: int, purpose: str
) -> list[str]:
    """Draw images beside the series: each of a lesion of its own, none of the lesions named.

    Parameters
    ----------
    candidates
        The pairs at hand, each key once, in any order.
    n
        How many images, at least 0.
    not_lesions
        The lesions that are spoken for.
    seed
        The study's seed.
    purpose
        What the images are for, in a word: "practice", "catch". Another purpose is another draw.

    Returns
    -------
    list of str
        The keys of `n` pairs.

    Raises
    ------
    DrawingError
        Fewer free lesions than asked for.
    ValueError
        A key stands twice.
    """
    free = [candidate for candidate in candidates if candidate.lesion not in set(not_lesions)]
    in_order = drawn_order(free, one_lesion_once=True, seed=seed, purpose=f"draw {purpose}")
    if len(in_order) < n:
        raise DrawingError(
            f"{n} {purpose} images are asked for, each of another lesion, but the image pairs hold only "
            f"{len(in_order)} lesions that are not shown otherwise. Ask for fewer, or for a shorter series."
        )
    return in_order[:n]


def drawn_order(candidates: Sequence[Candidate], *, one_lesion_once: bool, seed: int, purpose: str) -> list[str]:
    """Draw an order of image pairs, from the beginning of which as many are taken as are needed.

    Parameters
    ----------
    candidates
        The pairs at hand, each key once, in any order.
    one_lesion_once
        Whether of each lesion only the image is kept that comes first.
    seed
        The study's seed.
    purpose
        What the images are for; another purpose is another order.

    Returns
    -------
    list of str
        The keys.

    Raises
    ------
    ValueError
        A key stands twice.
    """
    lesion_of = {candidate.key: candidate.lesion for candidate in candidates}
    keys = shuffled((candidate.key for candidate in candidates), seed=seed, purpose=purpose)
    if not one_lesion_once:
        return keys
    first_of_lesion: dict[str, str] = {}
    for key in keys:
        first_of_lesion.setdefault(lesion_of[key], key)
    return list(first_of_lesion.values())


def _perturbed_exactly(keys: Sequence[str], n_perturbed: int, seed: int) -> set[str]:
    return set(shuffled(keys, seed=seed, purpose="perturb")[:n_perturbed])


def _perturbed_at_random(keys: Sequence[str], n_perturbed: int, seed: int) -> set[str]:
    """Throw for each image, all anew where all came out alike: in whole numbers, so that every language agrees."""
    bound = n_perturbed << 53
    for again in range(TRIES):
        perturbed = {key for key in keys if chance(seed, "perturb at random", str(again), key) * len(keys) < bound}
        if 0 < len(perturbed) < len(keys):
            return perturbed
    # At the most lopsided prevalence one try in two fails: nobody will come here.
    return _perturbed_exactly(keys, n_perturbed, seed)


def _numbered(keys: Sequence[str], perturbed: Collection[str], seed: int) -> list[Drawn]:
    return [Drawn(key, key in perturbed) for key in shuffled(keys, seed=seed, purpose="number")]


def _short(
    there: int,
    candidates: Sequence[Candidate],
    n_perturbed: int,
    n_clean: int,
    n_subsets: int,
    *,
    one_lesion_once: bool,
) -> DrawingError:
    wanted = (n_perturbed + n_clean) * n_subsets
    what = "lesions" if one_lesion_once else "images"
    advice = ", or allow several images of one lesion" if len(candidates) >= wanted else ""
    each = "" if n_subsets == 1 else f" in each of {n_subsets} subsets"
    fewer = "fewer" if n_subsets == 1 else "fewer images or subsets"
    return DrawingError(
        f"{wanted} images are asked for ({n_perturbed} perturbed + {n_clean} clean{each}), but the image pairs hold "
        f"only {there} {what}. Ask for {fewer}{advice}."
    )

"""Which images a study shows, and in which order each observer sees them. Pure: no database, no clock.

Everything is drawn by sorting on SHA-256 of the seed and the item's key. Unlike a generator's stream, this can be
repeated by any program in any language, and by any later version of this one: the version below is stored with
each session.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DRAWING_VERSION = 1


class DrawingError(Exception):
    """The images at hand do not allow the draw; the message says which number is short."""


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


def derived_seed(seed: int, *names: str) -> int:
    """Return a seed (0 to 2⁵³ − 1) that follows from another one and from names, such as an observer's label."""
    digest = _digest(seed, "seed", *names)
    return int.from_bytes(digest[:8], "big") >> 11


def shuffled(keys: Iterable[str], *, seed: int, purpose: str) -> list[str]:
    """Return the keys in the order that follows from the seed; the order in which they are given is immaterial.

    Raises
    ------
    ValueError
        A key is there twice.
    """
    ordered = sorted(keys, key=lambda key: (_digest(seed, purpose, key), key))
    if len(set(ordered)) != len(ordered):
        raise ValueError("each key may stand once")
    return ordered


def draw_stimuli(
    candidates: Sequence[Candidate], *, n_perturbed: int, n_clean: int, one_lesion_once: bool, seed: int
) -> list[Drawn]:
    """Draw the images of a study: `n_perturbed` perturbed ones and `n_clean` clean ones, no image twice.

    The result's order is itself drawn, and independent of which images are perturbed.

    Parameters
    ----------
    candidates
        The pairs at hand, each key once.
    n_perturbed, n_clean
        How many of each.
    one_lesion_once
        Draw at most one image of each lesion.
    seed
        The study's seed. The same candidates (in any order) and numbers give the same draw.

    Raises
    ------
    DrawingError
        Fewer images, or fewer lesions, than asked for.
    """
    wanted = n_perturbed + n_clean
    lesion_of = {candidate.key: candidate.lesion for candidate in candidates}
    in_order = shuffled((candidate.key for candidate in candidates), seed=seed, purpose="draw")
    if one_lesion_once:
        first_of_lesion: dict[str, str] = {}
        for key in in_order:
            first_of_lesion.setdefault(lesion_of[key], key)
        in_order = list(first_of_lesion.values())
    if len(in_order) < wanted:
        what = "lesions" if one_lesion_once else "images"
        advice = ", or allow several images of one lesion" if len(lesion_of) >= wanted else ""
        raise DrawingError(
            f"{wanted} images are asked for ({n_perturbed} perturbed + {n_clean} clean), but the image pairs hold "
            f"only {len(in_order)} {what}. Ask for fewer{advice}."
        )
    drawn = in_order[:wanted]
    perturbed = set(shuffled(drawn, seed=seed, purpose="perturb")[:n_perturbed])
    return [Drawn(key, key in perturbed) for key in shuffled(drawn, seed=seed, purpose="number")]


def _digest(seed: int, *parts: str) -> bytes:
    text = "\x1f".join([f"perception-drawing-{DRAWING_VERSION}", str(seed), *parts])
    return hashlib.sha256(text.encode()).digest()

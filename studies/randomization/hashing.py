"""Chance that anybody can repeat: SHA-256 of the seed and a key."""

import hashlib
from collections.abc import Iterable

DRAWING_VERSION = 2
"""1 drew one sample for all observers and put it in any order; 2 knows subsets, limits and sides."""


def derived_seed(seed: int, *names: str) -> int:
    """Return a seed that follows from another one and from names, such as an observer's label.

    Parameters
    ----------
    seed
        The study's seed.
    names
        What the derived seed is for; other names give another seed.

    Returns
    -------
    int
        0 to 2⁵³ − 1: exact in every language's floating-point numbers.
    """
    return chance(seed, "seed", *names)


def shuffled(keys: Iterable[str], *, seed: int, purpose: str) -> list[str]:
    """Return the keys in the order that follows from the seed; the order in which they are given is immaterial.

    Parameters
    ----------
    keys
        Each of them once.
    seed
        The study's, or an observer's.
    purpose
        What the order is for; another purpose gives another order.

    Returns
    -------
    list of str
        The keys, sorted by SHA-256 of version, seed, purpose and key.

    Raises
    ------
    ValueError
        A key stands twice.
    """
    ordered = sorted(keys, key=lambda key: (_digest(seed, purpose, key), key))
    if len(set(ordered)) != len(ordered):
        raise ValueError("each key may stand once")
    return ordered


def chance(seed: int, *parts: str) -> int:
    """Return a whole number that follows from the seed and the parts, each as likely as any other.

    Parameters
    ----------
    seed
        The study's, or an observer's.
    parts
        What the number is for; other parts give another number.

    Returns
    -------
    int
        0 to 2⁵³ − 1, the first 53 bits of SHA-256.
    """
    return int.from_bytes(_digest(seed, *parts)[:8], "big") >> 11


def _digest(seed: int, *parts: str) -> bytes:
    text = "\x1f".join([f"perception-drawing-{DRAWING_VERSION}", str(seed), *parts])
    return hashlib.sha256(text.encode()).digest()

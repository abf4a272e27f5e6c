"""Chance that anybody can repeat: SHA-256 of the seed and a key."""

import hashlib
from collections.abc import Iterable

DRAWING_VERSION = 2
"""1 drew one sample for all observers and put it in any order; 2 knows subsets, limits and sides."""


def derived_seed(seed: int, *names: str) -> int:
    """Return a seed (0 to 2⁵³ − 1) that follows from another one and from names, such as an observer's label."""
    return chance(seed, "seed", *names)


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


def chance(seed: int, *parts: str) -> int:
    """Return a number from 0 to 2⁵³ − 1, each as likely as any other, that follows from the seed and the parts."""
    return int.from_bytes(_digest(seed, *parts)[:8], "big") >> 11


def _digest(seed: int, *parts: str) -> bytes:
    text = "\x1f".join([f"perception-drawing-{DRAWING_VERSION}", str(seed), *parts])
    return hashlib.sha256(text.encode()).digest()

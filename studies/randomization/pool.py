"""Which images of a pool each observer judges, and which of their twins: every image, truth and strength equally often.

The sequences of a pool are numbered 0, 1, 2, …. Each follows from the seed and from the ones before it, so that as many
as are needed can be drawn at any time, and those that are there stay as they are.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from studies.randomization.errors import DrawingError
from studies.randomization.hashing import chance, shuffled
from studies.randomization.sample import Candidate, Prevalence, drawn_order

TRIES = 200


@dataclass(frozen=True, slots=True)
class PoolDrawn:
    """A drawn image of a pool, whether its trial is a perturbed one, and the index of the strength of its twin.

    Attributes
    ----------
    key
        The image's.
    perturbed
        Whether the trial is one of the perturbed ones.
    strength
        Index of the strength, from 0; None where the trial shows no perturbed image.
    """

    key: str
    perturbed: bool
    strength: int | None


def draw_pool(
    candidates: Sequence[Candidate], *, size: int | None, n_images: int, one_lesion_once: bool, seed: int
) -> list[str]:
    """Draw the images of a pool.

    Parameters
    ----------
    candidates
        The pairs at hand, each key once, in any order.
    size
        How many images; None for all.
    n_images
        How many of them an observer judges, which is the fewest that a pool can have.
    one_lesion_once
        Draw at most one image of each lesion.
    seed
        The study's seed. The same candidates give the same pool.

    Returns
    -------
    list of str
        The keys, in drawn order.

    Raises
    ------
    DrawingError
        Fewer images, or fewer lesions, than asked for, or than an observer judges.
    ValueError
        A key stands twice.
    """
    in_order = drawn_order(candidates, one_lesion_once=one_lesion_once, seed=seed, purpose="pool")
    what = "lesions" if one_lesion_once else "images"
    if size is not None and len(in_order) < size:
        raise DrawingError(
            f"A pool of {size:,} images is asked for, but only {len(in_order):,} {what} are there for it. Ask for a "
            "smaller pool, or take image pairs of more."
        )
    if len(in_order) < n_images:
        raise DrawingError(
            f"Each observer is to judge {n_images:,} images, but only {len(in_order):,} {what} are there for the pool. "
            "Ask for fewer images, or take image pairs of more."
        )
    return in_order[:size]


def draw_pool_sequences(
    pool: Sequence[str],
    *,
    n_sequences: int,
    n_perturbed: int,
    n_clean: int,
    prevalence: Prevalence,
    n_strengths: int,
    always_perturbed: bool,
    seed: int,
) -> list[list[PoolDrawn]]:
    """Draw the first sequences of a pool.

    Parameters
    ----------
    pool
        Keys of the images, each once, in any order; N of them.
    n_sequences
        How many sequences, at least 0.
    n_perturbed, n_clean
        How many of each a sequence has, at least 0, together n, at least 1.
    prevalence
        "fixed": exactly so many of each. "random": as many perturbed ones as n throws with the probability
        n_perturbed/n give, whatever the other sequences have, but that a sequence has at least one of each.
    n_strengths
        Number of strengths, at least 1.
    always_perturbed
        Whether every trial shows a perturbed image, also one that is not among the perturbed ones: of two images.
    seed
        The study's seed.

    Returns
    -------
    list of list of PoolDrawn
        For each sequence its n images, each once, sorted by key. Fewer sequences are the beginning of more of them.

    Raises
    ------
    DrawingError
        A random prevalence without images of both kinds.
    ValueError
        A negative number, no strength, no image, a pool of fewer than n, or a key that stands twice.

    Notes
    -----
    A sequence takes the images that were shown least often, so that after each of them no image was shown more than
    once more often than another. An image shown s times is to have been perturbed ⌊πs + u⌋ times, where
    π = n_perturbed/n and u = r/N, with the ranks r = 0 … N − 1 in random order. So over the pool ⌊πNs⌋ presentations
    are to be perturbed after each image was shown s times (Hermite's identity), and because that is less than one away
    from πNs, what is due in the images that were shown least always suffices for a sequence with n_perturbed of them.
    An image is taken for the kind that is due. Only where a pool is hardly larger than a sequence, or the prevalence is
    random, what is due does not suffice; then those images are turned that the kind leaves nearest to their share.

    Strengths are dealt out evenly within a sequence, one more of those that were shown least often so far; each image
    has the strength that it was shown at least often, as far as that allows.

    Examples
    --------
    >>> from studies.randomization import draw_pool_sequences
    >>> sequences = draw_pool_sequences(
    ...     ["a", "b", "c", "d"],
    ...     n_sequences=2,
    ...     n_perturbed=1,
    ...     n_clean=1,
    ...     prevalence="fixed",
    ...     n_strengths=1,
    ...     always_perturbed=False,
    ...     seed=1,
    ... )
    >>> sorted(item.key for sequence in sequences for item in sequence)
    ['a', 'b', 'c', 'd']
    """
    n = n_perturbed + n_clean
    if min(n_perturbed, n_clean, n_sequences) < 0 or n < 1 or n_strengths < 1:
        raise ValueError(f"{n_perturbed} perturbed, {n_clean} clean, {n_sequences} sequences, {n_strengths} strengths")
    if prevalence == "random" and min(n_perturbed, n_clean) == 0:
        raise DrawingError(
            f"A random prevalence needs images of both kinds; {n_perturbed} perturbed and {n_clean} clean are asked "
            "for. Ask for at least one of each, or for a fixed number."
        )
    if len(pool) < n:
        raise ValueError(f"{n} images of a pool of {len(pool)}")
    images = _Images(pool, n_perturbed, n, seed)
    strengths = _Strengths(n_strengths, seed)
    sequences = []
    for number in range(n_sequences):
        wanted = n_perturbed if prevalence == "fixed" else _thrown(n_perturbed, n, number, seed)
        truths = images.take(wanted)
        shown = [key for key, perturbed in truths.items() if perturbed or always_perturbed]
        strength_of = strengths.allocate(shown, number)
        sequences.append([PoolDrawn(key, truths[key], strength_of.get(key)) for key in sorted(truths)])
    return sequences


@dataclass(slots=True)
class _Images:
    """How often each image of a pool was shown and perturbed so far."""

    pool: Sequence[str]
    n_perturbed: int
    n: int
    seed: int
    shown: Counter[str] = field(default_factory=Counter)
    perturbed: Counter[str] = field(default_factory=Counter)
    rank: dict[str, int] = field(init=False)
    level: int = 0
    """How often the images were shown that were shown least."""
    waiting: list[str] = field(init=False)
    """These images, in the order in which they are taken."""
    after: list[str] = field(init=False)
    """Those that were shown once more, in the order in which they are taken then."""

    def __post_init__(self) -> None:
        """Draw the ranks, and the order in which images are taken for the first time."""
        self.rank = {key: rank for rank, key in enumerate(shuffled(self.pool, seed=self.seed, purpose="pool ranks"))}
        self.waiting, self.after = self._round(0), self._round(1)

    def take(self, n_perturbed: int) -> dict[str, bool]:
        """Take the images of one sequence, so many of them perturbed, and return which are."""
        room = {True: n_perturbed, False: self.n - n_perturbed}
        if len(self.waiting) > self.n:
            taken = self._choose(self.waiting, room, self.n)
        else:
            taken = list(self.waiting)
            for key in taken:
                room[self._due(key)] -= 1
            there = set(taken)
            taken += self._choose([key for key in self.after if key not in there], room, self.n - len(taken))
        truths = self._truths(taken, n_perturbed)
        for key, perturbed in truths.items():
            self.shown[key] += 1
            self.perturbed[key] += perturbed
        self._go_on()
        return truths

    def _choose(self, keys: Sequence[str], room: dict[bool, int], n: int) -> list[str]:
        """Return the first so many of the keys that are due as there is room for; then the first of the others."""
        chosen, others = [], []
        for key in keys:
            due = self._due(key)
            if room[due] > 0:
                room[due] -= 1
                chosen.append(key)
            else:
                others.append(key)
        return (chosen + others)[:n]

    def _due(self, key: str) -> bool:
        """Whether the image is to be perturbed the next time that it is shown."""
        return self._lead(key) >= 0

    def _lead(self, key: str) -> int:
        """Return how far an image falls behind that is not perturbed the next time, in 1/(nN); below 0: not at all."""
        n_pool = len(self.pool)
        wanted = self.n_perturbed * (self.shown[key] + 1) * n_pool + self.n * self.rank[key]
        return wanted - (self.perturbed[key] + 1) * self.n * n_pool

    def _truths(self, keys: Sequence[str], n_perturbed: int) -> dict[str, bool]:
        """Return which images are perturbed: those that would fall behind most; a rank tells apart any two."""
        in_order = sorted(keys, key=lambda key: (-self._lead(key), self.rank[key]))
        perturbed = set(in_order[:n_perturbed])
        return {key: key in perturbed for key in keys}

    def _go_on(self) -> None:
        self.waiting = [key for key in self.waiting if self.shown[key] == self.level]
        while not self.waiting:
            self.level += 1
            self.waiting = [key for key in self.after if self.shown[key] == self.level]
            self.after = self._round(self.level + 1)

    def _round(self, times: int) -> list[str]:
        """Return the pool in the order in which images are taken that were shown so often."""
        return shuffled(self.pool, seed=self.seed, purpose=f"pool round {times}")


@dataclass(slots=True)
class _Strengths:
    """How often each strength was shown so far, and each image at each."""

    n_strengths: int
    seed: int
    total: Counter[int] = field(default_factory=Counter)
    of_image: Counter[tuple[str, int]] = field(default_factory=Counter)

    def allocate(self, keys: Sequence[str], number: int) -> dict[str, int]:
        """Return the strength of each of the images of a sequence."""
        each, more = divmod(len(keys), self.n_strengths)
        room = [each] * self.n_strengths
        strength_of: dict[str, int] = {}
        in_order = sorted(
            ((key, strength) for key in keys for strength in range(self.n_strengths)),
            key=lambda pair: (self.of_image[pair], chance(self.seed, "pool strength", str(number), *map(str, pair))),
        )
        for strength in self._one_more(more, in_order):
            room[strength] += 1
        for key, strength in in_order:
            if key not in strength_of and room[strength]:
                room[strength] -= 1
                strength_of[key] = strength
        while self._exchange(strength_of):
            pass
        self.total.update(strength_of.values())
        self.of_image.update(strength_of.items())
        return strength_of

    def _one_more(self, more: int, in_order: Sequence[tuple[str, int]]) -> list[int]:
        """Return the strengths that one image more has in a sequence: of the rarest those that images lack most."""
        lacking = list(dict.fromkeys(strength for _, strength in in_order))
        return sorted(lacking, key=lambda strength: self.total[strength])[:more]

    def _exchange(self, strength_of: dict[str, int]) -> bool:
        """Exchange the strengths of two images where both together were shown at them less often; say whether."""
        members: defaultdict[int, list[str]] = defaultdict(list)
        for key in sorted(strength_of):
            members[strength_of[key]].append(key)
        for one, other in combinations(sorted(members), 2):
            gaining = max(members[one], key=lambda key: self._gain(key, one, other))
            giving = max(members[other], key=lambda key: self._gain(key, other, one))
            if self._gain(gaining, one, other) + self._gain(giving, other, one) > 0:
                strength_of[gaining], strength_of[giving] = other, one
                return True
        return False

    def _gain(self, key: str, strength: int, instead: int) -> int:
        """Return by how many times less often the image was shown at the other strength."""
        return self.of_image[key, strength] - self.of_image[key, instead]


def _thrown(n_perturbed: int, n: int, number: int, seed: int) -> int:
    """Throw n times, all anew where all came out alike; in whole numbers, so that every language agrees."""
    bound = n_perturbed << 53
    for again in range(TRIES):
        thrown = sum(
            chance(seed, "pool perturb at random", str(number), str(again), str(trial)) * n < bound
            for trial in range(n)
        )
        if 0 < thrown < n:
            return thrown
    # At the most lopsided prevalence one try in two fails: nobody will come here.
    return n_perturbed

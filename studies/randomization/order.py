"""In which order one observer sees the images."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studies.randomization.errors import DrawingError
from studies.randomization.hashing import chance, shuffled
from studies.randomization.limits import Limits

SHUFFLES = 20
BUILDS = 50
# So many trials are put in order over all tries, at least twice: 2,000 of them take some tenths of a second.
MOST_BUILT = 20_000
SWAPS_A_TRIAL = 20


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One trial to be put in order.

    Attributes
    ----------
    key
        Its name, once.
    truth
        The runs of which are limited: "perturbed", "clean", or what another trial type has.
    lesion
        What it shows.
    spread
        Whether it stays, where the other trials suffice for it, off the first position and away from others that are
        spread: a catch trial.
    """

    key: str
    truth: str
    lesion: str
    spread: bool = False


def draw_order(items: Sequence[OrderItem], *, longest_run: int, keep_lesions_apart: bool, seed: int) -> list[str]:
    """Draw the order of one observer's trials.

    Parameters
    ----------
    items
        The trials, each key once, in any order.
    longest_run
        At most so many trials of one truth in a row; 0 for no limit.
    keep_lesions_apart
        Whether no two neighbours show one lesion.
    seed
        The observer's seed. The same trials and limits give the same order.

    Returns
    -------
    list of str
        The keys.

    Raises
    ------
    DrawingError
        No order holds a limit, by counting; or none was found that holds both.
    ValueError
        A negative limit, or a key that stands twice.

    Notes
    -----
    The order is drawn as a ring and cut at a position drawn by itself, so that every position is as likely of each
    truth as any other. (Within limits on runs the ends of a plain row are not: of 30 perturbed and 20 clean images in
    runs of 2 at most, the first is perturbed in 84% of all possible orders.) Where no ring holds the limits, a row is
    drawn.

    A ring is the first of some shuffles that holds them: each is as likely as any other. If none does, it is built from
    its beginning, by taking the first of a shuffle that leaves the rest orderable, and then mixed by swapping any two
    trials, again and again, where that breaks no limit: as every swap could be taken back, no order is preferred in the
    long run, whatever the building preferred.
    """
    if longest_run < 0:
        raise ValueError(f"a run of {longest_run}")
    limits = Limits.of(
        {item.key: (item.truth, item.lesion) for item in items},
        spread=(),
        longest_run=longest_run if longest_run < len(items) else 0,
        apart=keep_lesions_apart,
    )
    limits.check_counts()
    catch = [item.key for item in items if item.spread]
    spread = limits.with_spread(catch) if catch else limits
    # What is to be spread is so only where it can be: the last round does without.
    for tried in (spread.as_ring(), spread, limits):
        if (order := _drawn(items, tried, seed)) is not None:
            return tried.cut(order, chance(seed, "cut") * len(order) >> 53) if tried.ring else order
    raise DrawingError(
        f"No order of the {len(items)} trials was found that keeps the trials of one lesion apart and has no run of "
        f"more than {longest_run} of one truth. Allow longer runs, or draw each lesion only once."
    )


def _drawn(items: Sequence[OrderItem], limits: Limits, seed: int) -> list[str] | None:
    for attempt in range(SHUFFLES):
        keys = _shuffled(items, seed, f"order {attempt}")
        if limits.hold(keys):
            return keys
    for attempt in range(max(2, min(BUILDS, MOST_BUILT // max(1, len(items))))):
        built = limits.build(_shuffled(items, seed, f"build {attempt}"))
        if built is not None:
            return mixed(built, limits, seed)
    return None


def mixed(keys: list[str], limits: Limits, seed: int) -> list[str]:
    """Swap trials of an order, again and again, where that breaks no limit.

    Parameters
    ----------
    keys
        The order, which is changed in place; the positions to swap are whole numbers from hashes, so that every
        language agrees.
    limits
        What the order holds, before and after.
    seed
        The observer's seed.

    Returns
    -------
    list of str
        The same list.
    """
    n = len(keys)
    for turn in range(SWAPS_A_TRIAL * n):
        both = chance(seed, "swap", str(turn)) * n * n >> 53
        limits.swap(keys, *divmod(both, n))
    return keys


def _shuffled(items: Iterable[OrderItem], seed: int, purpose: str) -> list[str]:
    return shuffled((item.key for item in items), seed=seed, purpose=purpose)

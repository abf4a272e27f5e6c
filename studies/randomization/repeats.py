"""Which trials of an observer come back, and when: repeats, for agreement within observers.

A trial is shown again as it was, of two images with each at its place: where the two answers differ, the observer
differed and nothing else did.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from studies.randomization.errors import DrawingError
from studies.randomization.hashing import chance, derived_seed, shuffled
from studies.randomization.order import OrderItem, draw_order

PARTS_APART = 3
"""The second showing comes at least the series' length divided by this after the first."""
ATTEMPTS = 40
"""How many orders are drawn in which second showings may find no place, before it is said that there is none."""
SEARCHING_SWAPS_A_TRIAL = 60
MIXING_SWAPS_A_TRIAL = 20
AGAIN = "\x1eagain"


def least_distance(n_trials: int) -> int:
    """Return how many positions a second showing stands behind the first at least.

    Parameters
    ----------
    n_trials
        Of the series, catch trials and second showings among them.

    Returns
    -------
    int
        A third of the series, rounded down, at least 1. What was answered is the less remembered the more images came
        between (in recognition of pictures it falls with the lag: Shepard 1967, Journal of Verbal Learning and Verbal
        Behavior 6:156–163). Half the series would be the most that every trial of a study could have, and would leave
        one order of them alone: first showings in the first half, second ones in the second. With a third the two may
        lie anywhere but near each other, and who waits for repeats finds them nowhere in particular.
    """
    return max(1, n_trials // PARTS_APART)


def draw_repeated(truth_of: Mapping[str, str], *, n: int, seed: int) -> list[str]:
    """Draw which trials are shown twice, of each truth in its proportion.

    Parameters
    ----------
    truth_of
        The truth of each trial of the series, catch trials not among them, by its key.
    n
        How many are shown twice, 0 to the number of trials.
    seed
        The observer's seed.

    Returns
    -------
    list of str
        Their keys, sorted. Numbers follow from proportions by largest remainders, of equal ones by chance.

    Raises
    ------
    ValueError
        More than there are, or fewer than none.
    """
    if not 0 <= n <= len(truth_of):
        raise ValueError(f"{n} of {len(truth_of)} trials cannot be shown twice")
    if not n:
        return []
    there = Counter(truth_of.values())
    number = {truth: n * count // len(truth_of) for truth, count in there.items()}
    by_chance = shuffled(there, seed=seed, purpose="repeats left over")
    left_over = sorted(by_chance, key=lambda truth: -(n * there[truth] % len(truth_of)))
    for truth in left_over[: n - sum(number.values())]:
        number[truth] += 1
    in_order = shuffled(truth_of, seed=seed, purpose="repeats")
    return sorted(
        key for truth, count in number.items() for key in [k for k in in_order if truth_of[k] == truth][:count]
    )


def draw_order_with_repeats(
    items: Sequence[OrderItem], *, repeated: Sequence[str], longest_run: int, keep_lesions_apart: bool, seed: int
) -> list[str]:
    """Draw the order of one observer's trials of which some are shown twice.

    Parameters
    ----------
    items
        The trials, each key once, in any order.
    repeated
        Keys of those that are shown twice; without any, the order is that of `draw_order`.
    longest_run, keep_lesions_apart, seed
        As for `draw_order`; a second showing counts as a trial of its truth and lesion.

    Returns
    -------
    list of str
        The keys, those of `repeated` twice, at least `least_distance` apart.

    Raises
    ------
    DrawingError
        No order holds the limits, or none was found in which the showings lie far enough apart.
    ValueError
        A negative limit, a key that stands twice, or a trial to be repeated that there is not.

    Notes
    -----
    First and second showings are put in order as any other trials are. Then any two trials of one truth are swapped,
    again and again, where that brings no two showings nearer than they may be and no lesions together; in the end all
    are far enough apart. As trials of one truth alone change places, each position is as likely of each truth as it was
    (see `draw_order`); as every swap could be taken back, the swaps that follow once all hold prefer no order. Catch
    trials stay where they were.
    """
    if not repeated:
        return draw_order(items, longest_run=longest_run, keep_lesions_apart=keep_lesions_apart, seed=seed)
    by_key = {item.key: item for item in items}
    if unknown := [key for key in repeated if key not in by_key]:
        raise ValueError(f"no trial {unknown[0]!r} to be shown twice")
    all_shown = [*items, *(replace(by_key[key], key=key + AGAIN) for key in repeated)]
    for attempt in range(ATTEMPTS):
        drawn_by = derived_seed(seed, "repeats", str(attempt)) if attempt else seed
        order = draw_order(all_shown, longest_run=longest_run, keep_lesions_apart=keep_lesions_apart, seed=drawn_by)
        showings = _Showings(all_shown, order, apart=keep_lesions_apart, seed=drawn_by)
        if showings.spread():
            return [key.removesuffix(AGAIN) for key in showings.order]
    raise DrawingError(
        f"No order of the {len(all_shown)} trials was found in which the two showings of each of {len(repeated)} "
        f"trials lie at least {least_distance(len(all_shown))} trials apart. Show fewer trials twice, allow longer "
        "runs, or ask for numbers of images that are more alike."
    )


class _Showings:
    """An order in which the showings of one trial are brought away from each other."""

    def __init__(self, items: Sequence[OrderItem], order: Sequence[str], *, apart: bool, seed: int) -> None:
        of_key = {item.key: item for item in items}
        self.order = list(order)
        self._truth = {key: item.truth for key, item in of_key.items()}
        self._stays = {key for key, item in of_key.items() if item.spread}
        self._lesion = {key: item.lesion for key, item in of_key.items()} if apart else {}
        self._twin = {key: key + AGAIN for key in of_key if key + AGAIN in of_key}
        self._twin |= {again: key for key, again in self._twin.items()}
        self._at = {key: place for place, key in enumerate(self.order)}
        self._least = least_distance(len(self.order))
        self._seed = seed

    def spread(self) -> bool:
        """Bring all showings far enough apart, and then mix what holds; return whether it holds."""
        n = len(self.order)
        near = sum(self._is_near(key) for key in self._twin) // 2
        turn = 0
        while near and turn < SEARCHING_SWAPS_A_TRIAL * n:
            near += self._try(turn)
            turn += 1
        if near:
            return False
        for further in range(turn, turn + MIXING_SWAPS_A_TRIAL * n):
            self._try(further)
        return True

    def _try(self, turn: int) -> int:
        """Swap two trials drawn by chance where nothing gets worse; return how many more are near, 0 or fewer."""
        n = len(self.order)
        one, other = divmod(chance(self._seed, "repeats apart", str(turn)) * n * n >> 53, n)
        first, second = self.order[one], self.order[other]
        if first == second or self._truth[first] != self._truth[second] or {first, second} & self._stays:
            return 0
        before = self._is_near(first) + self._is_near(second)
        self._swap(one, other)
        change = self._is_near(first) + self._is_near(second) - before
        if change > 0 or self._touches_lesion(one) or self._touches_lesion(other):
            self._swap(one, other)
            return 0
        # Two showings of one trial that change places are as near as they were: counted twice before and after.
        return change

    def _swap(self, one: int, other: int) -> None:
        order = self.order
        order[one], order[other] = order[other], order[one]
        self._at[order[one]], self._at[order[other]] = one, other

    def _is_near(self, key: str) -> bool:
        twin = self._twin.get(key)
        return twin is not None and abs(self._at[key] - self._at[twin]) < self._least

    def _touches_lesion(self, place: int) -> bool:
        if not self._lesion:
            return False
        lesion = self._lesion[self.order[place]]
        beside = (place - 1, place + 1)
        return any(0 <= there < len(self.order) and self._lesion[self.order[there]] == lesion for there in beside)

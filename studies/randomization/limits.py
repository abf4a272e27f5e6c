"""Everything that an order of trials has to hold."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

from studies.randomization.errors import DrawingError
from studies.randomization.run_limit import RunLimit

Groups = tuple[int, int, int]
TRUTH, SPREAD = 0, 2


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one series, all of one form: no run of a group's trials is longer than so many.

    Attributes
    ----------
    groups
        For each trial's key the number of its truth, of its lesion, and 0 if it is to be spread. A negative number
        has no limit.
    longest
        The longest run allowed of each of the three; 0 where there is no limit.
    truths, lesions
        The names, by number.
    ring
        Whether the last trial counts as the one before the first, so that the order may be cut anywhere.
    """

    groups: dict[str, Groups]
    longest: Groups
    truths: tuple[str, ...]
    lesions: tuple[str, ...]
    ring: bool = False

    @classmethod
    def of(
        cls, shown: Mapping[str, tuple[str, str]], *, spread: Collection[str], longest_run: int, apart: bool
    ) -> "Limits":
        """Return the limits of a series of trials.

        Parameters
        ----------
        shown
            By the trial's key its truth and its lesion.
        spread
            Keys of the trials that are neither neighbours nor, but in a ring, the first.
        longest_run
            The longest run allowed of one truth; 0 for no limit.
        apart
            Whether no two neighbours show one lesion.
        """
        truths = {truth: number for number, truth in enumerate(sorted({truth for truth, _ in shown.values()}))}
        lesions = {lesion: number for number, lesion in enumerate(sorted({lesion for _, lesion in shown.values()}))}
        groups = {key: (truths[truth], lesions[lesion], -1) for key, (truth, lesion) in shown.items()}
        return cls(groups, (longest_run, int(apart), 0), tuple(truths), tuple(lesions)).with_spread(spread)

    def with_spread(self, keys: Collection[str]) -> "Limits":
        """Return the same limits, and that these trials are not neighbours nor, but in a ring, the first."""
        groups = {key: (truth, lesion, 0 if key in keys else -1) for key, (truth, lesion, _) in self.groups.items()}
        return replace(self, groups=groups, longest=(*self.longest[:2], int(bool(keys))))

    def as_ring(self) -> "Limits":
        """Return the same limits for a ring."""
        return replace(self, ring=True)

    def check_counts(self) -> None:
        """Refuse what no order can hold, by counting.

        Raises
        ------
        DrawingError
            A group is too large for its limit; with the numbers, and what to change.
        """
        n = len(self.groups)
        for kind, limit in self._running():
            if (over := limit.too_many(n)) is None:
                continue
            group, count = over
            if kind == TRUTH:
                run = ceil(count / (n - count + 1))
                raise DrawingError(
                    f"{count} of {n} trials are {self.truths[group]}: with {n - count} others between them some run is "
                    f"of {run} or more, not of {self.longest[TRUTH]} at most. Allow longer runs, or ask for numbers "
                    "that are more alike."
                )
            raise DrawingError(
                f"{count} of {n} trials show one lesion ({self.lesions[group]}): some of them must be neighbours. "
                "Draw each lesion only once, or ask for more images."
            )

    def hold(self, keys: Sequence[str]) -> bool:
        """Whether this very order holds all limits."""
        limits = self._running()
        for key in keys:
            for kind, limit in limits:
                group = self.groups[key][kind]
                if limit.may_not() == group:
                    return False
                limit.append(group)
        return not self.ring or not keys or self._holds_at(keys, 0)

    def build(self, keys: Sequence[str]) -> list[str] | None:
        """Take again and again the first of the keys that leaves the rest orderable.

        Parameters
        ----------
        keys
            All keys of the limits, in the order of preference.

        Returns
        -------
        list of str or None
            The order; None at a dead end.
        """
        limits = self._running()
        left, order = list(keys), list[str]()
        while left:
            musts = [(kind, group) for kind, limit in limits if (group := limit.must(len(left))) is not None]
            bars = [(kind, group) for kind, limit in limits if (group := limit.may_not()) is not None]
            index = self._first(left, musts, bars)
            if index is None:
                return None
            key = left.pop(index)
            order.append(key)
            for kind, limit in limits:
                limit.append(self.groups[key][kind])
        return order if not self.ring or self._holds_at(order, 0) else None

    def cut(self, keys: Sequence[str], first: int) -> list[str]:
        """Cut a ring before the position given, or the next one after it that is no trial to be spread."""
        positions = [(first + offset) % len(keys) for offset in range(len(keys))]
        begin = next((position for position in positions if self.groups[keys[position]][SPREAD] < 0), first)
        return [*keys[begin:], *keys[:begin]]

    def swap(self, keys: list[str], one: int, other: int) -> None:
        """Swap two trials of an order that holds all limits, if it then still does."""
        keys[one], keys[other] = keys[other], keys[one]
        if not (self._holds_at(keys, one) and self._holds_at(keys, other)):
            keys[one], keys[other] = keys[other], keys[one]

    def _first(
        self, keys: Sequence[str], musts: Sequence[tuple[int, int]], bars: Sequence[tuple[int, int]]
    ) -> int | None:
        for index, key in enumerate(keys):
            groups = self.groups[key]
            if all(groups[kind] == group for kind, group in musts) and all(
                groups[kind] != group for kind, group in bars
            ):
                return index
        return None

    def _holds_at(self, keys: Sequence[str], index: int) -> bool:
        """Whether the runs that the trial at the index is part of are short enough."""
        for kind, longest in enumerate(self.longest):
            group = self.groups[keys[index]][kind]
            if longest and group >= 0:
                run = 1 + self._like(keys, index, -1, kind) + self._like(keys, index, 1, kind)
                if run > longest:
                    return False
        return True

    def _like(self, keys: Sequence[str], index: int, step: int, kind: int) -> int:
        """Count the trials of the same group next to one, in one direction, as far as they matter."""
        group = self.groups[keys[index]][kind]
        for count in range(self.longest[kind] + 1):
            neighbour = index + step * (count + 1)
            if not (self.ring or 0 <= neighbour < len(keys)):
                # What is spread may not be first either: as if one stood before the first position.
                return count + (kind == SPREAD and neighbour < 0)
            if self.groups[keys[neighbour % len(keys)]][kind] != group:
                return count
        return count + 1

    def _running(self) -> list[tuple[int, RunLimit]]:
        """Return the limits that there are, at the beginning of an order, each with its kind, its index in `groups`."""
        return [
            (
                kind,
                RunLimit(
                    (groups[kind] for groups in self.groups.values()),
                    longest,
                    last=0 if kind == SPREAD and not self.ring else -1,
                ),
            )
            for kind, longest in enumerate(self.longest)
            if longest
        ]

"""How long trials of one group may follow one another, while an order is being built from its beginning."""

from collections import Counter
from collections.abc import Iterable


class RunLimit:
    """Say before each position which group must stand there, and which may not, so that the rest can still be ordered.

    With c of the m trials that are left in one group and runs of at most L: once c > L(m − c) the group must come next,
    as from there on every trial of another group can part no more than L of it from the rest. Only one group at a time
    can be so pressed. Groups are numbers; a negative one has no limit.
    """

    def __init__(self, groups: Iterable[int], longest: int, *, last: int = -1) -> None:
        """Begin with all trials left.

        Parameters
        ----------
        groups
            The group of each trial.
        longest
            The longest run allowed, at least 1.
        last
            The group that stands before the first position, as a run of 1; negative for none.
        """
        self._counts = Counter(group for group in groups if group >= 0)
        self._with_count = Counter(self._counts.values())
        self._most = max(self._with_count, default=0)
        self._longest = longest
        self._last = last
        self._run = 1

    def too_many(self, left: int) -> tuple[int, int] | None:
        """Return the group that no order of the trials that are left can hold.

        Parameters
        ----------
        left
            Number of trials left.

        Returns
        -------
        tuple of int or None
            The group and its count; None where an order holds all.
        """
        for group, count in self._counts.items():
            here = self._longest - (self._run if group == self._last else 0)
            if count > self._longest * (left - count) + here:
                return group, count
        return None

    def must(self, left: int) -> int | None:
        """Return the group that the next of the `left` trials must have, if any."""
        if (self._longest + 1) * self._most <= self._longest * left:
            return None
        return max(self._counts, key=self._counts.__getitem__)

    def may_not(self) -> int | None:
        """Return the group that the next trial may not have, if any."""
        return self._last if self._last >= 0 and self._run >= self._longest else None

    def append(self, group: int) -> None:
        """Put a trial of the group at the next position."""
        self._run = self._run + 1 if group == self._last else 1
        self._last = group
        if group < 0:
            return
        count = self._counts[group]
        self._counts[group] = count - 1
        self._with_count[count] -= 1
        self._with_count[count - 1] += 1
        while self._most and not self._with_count[self._most]:
            self._most -= 1

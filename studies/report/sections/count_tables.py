"""The counts behind shares, for the terminal: there they stand in place of the plots."""

from collections.abc import Iterable, Sequence

from perception.analysis.estimates.estimate import Estimate
from perception.core.formatting import count
from studies.report.sections.elements import Table

Shares = tuple[str, Sequence[Estimate]]


def count_table(of: str, names: Sequence[str], lines: Iterable[Shares], pooled: Sequence[Estimate] = ()) -> Table:
    """Return what each share is of, as `35 of 60`.

    Parameters
    ----------
    of
        What a line stands for, such as `Observer`.
    names
        Of the shares.
    lines
        Their names, and the shares of each.
    pooled
        The shares of all observers, where they are told.
    """
    rows = tuple((name, *map(count, shares)) for name, shares in lines)
    foot = (("Pooled", *map(count, pooled)),) if pooled else ()
    return Table("The answers behind the shares", (of, *names), rows, foot)

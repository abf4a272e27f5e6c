"""How long work tells how far it is, and what it keeps to go on from: two small protocols.

So a service knows neither terminal nor web, and what computes neither database nor storage.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from tqdm import tqdm

from perception.core.interruption import interruption_kept


class Progress(Protocol):
    """Show every step of one stage of long work."""

    def __call__(self, done: int, total: int, note: str = "", figures: Mapping[str, float] | None = None) -> None:
        """Show that `done` of `total` steps are done. May raise to stop the work, as a cancelled run does.

        Parameters
        ----------
        done, total
            Steps, 0 ≤ done ≤ total.
        note
            A short state such as `loss 0.31`.
        figures
            The step's own numbers by name, for a curve.
        """


class KeptState(Protocol):
    """The state of one piece of work, in parts that have names."""

    def read(self, name: str) -> bytes | None:
        """Return a part as it was written last; None if it never was."""

    def write(self, name: str, data: bytes) -> None:
        """Write a part, now."""

    def write_if_due(self, name: str, data: Callable[[], bytes]) -> None:
        """Write a part if the last writing is long enough ago."""


def silent(done: int, total: int, note: str = "", figures: Mapping[str, float] | None = None) -> None:
    """Show nothing (the default of every service)."""


@contextmanager
def terminal_progress(title: str, *, unit: str = "step", disable: bool = False) -> Iterator[Progress]:
    """Show one progress bar with the time left on standard error while the block runs; no Ctrl-C in it gets lost."""
    with (
        interruption_kept() as raise_if_interrupted,
        # A note changes while the steps stand still, as after the last one: it is shown, too (`miniters`).
        tqdm(desc=title, unit=unit, disable=disable, dynamic_ncols=True, mininterval=0.2, miniters=0) as bar,
    ):

        def update(done: int, total: int, note: str = "", figures: Mapping[str, float] | None = None) -> None:
            raise_if_interrupted()
            if bar.total != total:
                bar.total = total
            bar.set_postfix_str(note, refresh=False)
            bar.update(done - bar.n)

        yield update

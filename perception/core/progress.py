"""How long work tells how far it is: one small protocol, so that a service knows neither terminal nor web."""

from collections.abc import Iterator, Mapping
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


def silent(done: int, total: int, note: str = "", figures: Mapping[str, float] | None = None) -> None:
    """Show nothing (the default of every service)."""


@contextmanager
def terminal_progress(title: str, *, unit: str = "step", disable: bool = False) -> Iterator[Progress]:
    """Show one progress bar with the time left on standard error while the block runs; no Ctrl-C in it gets lost."""
    with (
        interruption_kept() as raise_if_interrupted,
        tqdm(desc=title, unit=unit, disable=disable, dynamic_ncols=True, mininterval=0.2) as bar,
    ):

        def update(done: int, total: int, note: str = "", figures: Mapping[str, float] | None = None) -> None:
            raise_if_interrupted()
            if bar.total != total:
                bar.total = total
            bar.set_postfix_str(note, refresh=False)
            bar.update(done - bar.n)

        yield update

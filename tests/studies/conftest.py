"""What holds for the tests of studies: plots are drawn only where a test looks at them."""

from io import StringIO
from typing import Any
from unittest.mock import MagicMock

import pytest


class UndrawnFigure(MagicMock):
    """Takes whatever is plotted, and is saved as an empty picture."""

    def savefig(self, out: StringIO, **options: Any) -> None:
        """Write an SVG of the size of a plot, with nothing on it."""
        out.write('<svg xmlns="http://www.w3.org/2000/svg" width="504pt" height="288pt" viewBox="0 0 504 288"></svg>')


@pytest.fixture
def drawn_plots() -> None:
    """Have plots drawn. To be named by tests that look at one, or that draw figures which are odd."""


@pytest.fixture(autouse=True)
def undrawn_plots(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave plots undrawn, unless `drawn_plots` is asked for: they take longer than all else that a report does."""
    if "drawn_plots" not in request.fixturenames:
        monkeypatch.setattr("matplotlib.figure.Figure", UndrawnFigure)

"""What holds for the tests of studies: plots are drawn only where a test looks at them."""

from io import StringIO
from typing import Any
from unittest.mock import MagicMock

import pytest
from django.contrib.auth.models import User

from ml.models import Run
from studies.exports.downloads import DOWNLOADS
from studies.exports.kept.asking import ask_for_report
from studies.models import Study
from tests.studies.worker import do_queued_work

LONG_IN_THE_MAKING = {"report.pdf", "archive.zip", "psych-ds.zip"}


class UndrawnFigure(MagicMock):
    """Takes whatever is plotted, and is saved as an empty picture."""

    def savefig(self, out: StringIO, **options: Any) -> None:
        """Write an SVG of the size of a plot, with nothing on it."""
        out.write('<svg xmlns="http://www.w3.org/2000/svg" width="504pt" height="288pt" viewBox="0 0 504 288"></svg>')


@pytest.fixture
def drawn_plots() -> None:
    """Have plots drawn. To be named by tests that look at one, or that draw figures which are odd."""


@pytest.fixture
def queued_reports() -> None:
    """Leave reports that are asked for to a worker. To be named by tests of how they are asked for and made."""


@pytest.fixture
def whole_reports() -> None:
    """Have reports made with their PDF and archive, which take longer than all else. To be named by tests of these."""


@pytest.fixture(autouse=True)
def reports_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a worker make each report as soon as a page asks for it, unless `queued_reports` is asked for."""
    if "queued_reports" in request.fixturenames:
        return

    def ask_and_wait(*, study: Study, by: User) -> Run:
        run: Run = ask_for_report(study=study, by=by)
        do_queued_work()
        run.refresh_from_db()
        return run

    monkeypatch.setattr("studies.researcher.report.ask_for_report", ask_and_wait)
    if "whole_reports" not in request.fixturenames:
        quick = {name: download for name, download in DOWNLOADS.items() if name not in LONG_IN_THE_MAKING}
        monkeypatch.setattr("studies.exports.kept.making.DOWNLOADS", quick)


@pytest.fixture(autouse=True)
def undrawn_plots(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave plots undrawn, unless `drawn_plots` is asked for: they take longer than all else that a report does."""
    if "drawn_plots" not in request.fixturenames:
        monkeypatch.setattr("matplotlib.figure.Figure", UndrawnFigure)

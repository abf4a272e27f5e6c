"""The benchmark of the server measures every kind of request, checks what was stored, and leaves nothing."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from studies.models import Trial
from tests.processes import ROOT, project_environment
from tests.studies.factories import answer_trials, make_session
from tools.web_benchmark.figures import percentile
from tools.web_benchmark.page_reading import files_of, read_page
from tools.web_benchmark.stored_answers import Storage, check_stored


@pytest.mark.process
def test_it_measures_both_browsers_and_leaves_nothing(tmp_path: Path) -> None:
    options = ("--n", "1,3", "--repeat", "1", "--images", "4", "--image-size", "16", "--workers", "1", "--threads", "2")

    done = subprocess.run(
        [sys.executable, "-m", "tools.web_benchmark", *options],
        cwd=ROOT,
        env=project_environment(tmp_path / "somebody's", TMPDIR=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr + done.stdout
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith(("script", "form"))]
    assert [line[:2] for line in lines] == [["script", "1"], ["script", "3"], ["form", "1"], ["form", "3"]]
    for line in lines:
        figures = [float(word) for word in line[2:] if word != "/"]
        assert len(figures) == 1 + 3 * 3 + 6, "trials/s, three percentiles of three kinds, errors, memory, CPU, others"
        assert all(figure > 0 for figure in figures[:10])
        assert figures[10] == 0, "errors"
    assert "32 answers acknowledged, 32 stored; lost 0, doubled 0, never acknowledged 0" in done.stdout
    assert list(tmp_path.iterdir()) == [], "nothing is left, and nobody's data folder was touched"


@pytest.mark.process
def test_it_tells_what_each_kind_of_request_costs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.web_benchmark.request_costs", "--sessions", "1", "--images", "3"],
        cwd=ROOT,
        env=project_environment(tmp_path / "somebody's", TMPDIR=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr
    counts = {line[:18].strip(): line[18:].split()[0] for line in done.stdout.splitlines()[1:-1]}
    assert counts["image"] == counts["answer"] == "3"
    assert counts["welcome page"] == counts["consent"] == counts["trial page"] == counts["end"] == "1"
    assert list(tmp_path.iterdir()) == [], "nothing is left, and nobody's data folder was touched"


def test_impossible_numbers_are_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tools.web_benchmark", "--n", "0"],
        cwd=ROOT,
        env=project_environment(Path(tempfile.gettempdir()) / "never-made"),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 2
    assert "not a whole number of at least 1" in done.stderr


@pytest.mark.django_db
def test_it_would_see_an_answer_that_was_lost_altered_or_never_asked_for() -> None:
    session = make_session()
    answer_trials(session, "clean", count=3)
    one, two, three, four, _ = Trial.objects.filter(session=session).values_list("token", flat=True)
    invitation = session.observer.token

    def found(*told: tuple[str, str]) -> Storage:
        return check_stored([invitation], [(invitation, trial, response) for trial, response in told])

    every = [(one, "clean"), (two, "clean"), (three, "clean")]
    assert found(*every) == Storage(stored=3, lost=0, doubled=0, unasked=0)
    assert found(*every, (four, "clean")) == Storage(stored=3, lost=1, doubled=0, unasked=0)
    assert found((one, "perturbed"), *every[1:]) == Storage(stored=3, lost=1, doubled=0, unasked=0)
    assert found(*every, (three, "clean")) == Storage(stored=3, lost=0, doubled=1, unasked=0)
    assert found(*every[:2]) == Storage(stored=3, lost=0, doubled=0, unasked=1)


def test_percentiles_are_values_that_were_met() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    assert [percentile(values, percent) for percent in (50, 95, 99)] == [50, 95, 99]
    assert percentile([7.0], 99) == 7.0


def test_a_page_is_read_as_a_browser_reads_it() -> None:
    page = b"""
      <link rel="stylesheet" href="/static/a.css"><script src="/static/b.js"></script>
      <form method="post" action="/o/x/language/"><button name="lang" value="fr"></button></form>
      <form id="trial-form" method="post" action="/o/x/trial/y/?a=1&amp;b=2">
        <input type="hidden" name="rt_ms"><input type="hidden" name="lang" value="en"></form>
      <img alt="one" src="/o/x/image/y/" id="stimulus"><img id="stimulus-2" src="/o/x/image/y/2/"><img src="/logo.svg">
      <script id="step" type="application/json">{"url": "/o/x/trial/"}</script>
    """

    read = read_page(page)

    assert read.form is not None
    assert read.form.is_trial
    assert read.form.action == "/o/x/trial/y/?a=1&b=2"
    assert read.form.fields == {"rt_ms": "", "lang": "en"}
    assert read.images == ["/o/x/image/y/", "/o/x/image/y/2/"]
    assert read.step is not None
    assert dict(read.step) == {"url": "/o/x/trial/"}
    assert not read.is_end
    assert files_of(page) == ["/static/a.css", "/static/b.js"]

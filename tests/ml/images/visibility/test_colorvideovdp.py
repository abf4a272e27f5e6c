"""The process that scores by ColorVideoVDP: what goes to it and comes back, and how it is told that it cannot."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from ml.errors import MlError
from ml.images.pixels import Pixels
from ml.images.visibility.colorvideovdp import is_set_up, started_colorvideovdp
from ml.images.visibility.measures import measure_visibility
from tests.ml.images.visibility.colorvideovdp_environment import make_environment


@pytest.fixture
def environment(settings: Settings, tmp_path: Path) -> str:
    settings.COLORVIDEOVDP_PYTHON = make_environment(tmp_path / "an environment")
    return str(settings.COLORVIDEOVDP_PYTHON)


def twins(height: int, width: int, change: int) -> tuple[Pixels, Pixels]:
    clean = np.zeros((height, width, 3), np.uint8)
    perturbed = clean.copy()
    perturbed[-1, -1, 2] = change
    return clean, perturbed


def test_each_pair_comes_in_whole_whatever_its_size(environment: str) -> None:
    with started_colorvideovdp(50.0) as colorvideovdp:
        scores = [colorvideovdp.score(*twins(*size)) for size in ((8, 8, 0), (300, 200, 5), (200, 300, 100))]

    assert scores == pytest.approx([10 - 0.0008, 10 - 0.1 - 0.03, 10 - 2 - 0.02])
    assert colorvideovdp.versions == {"cvvdp": "0.0.1", "torch": "0.0.2", "cvvdp display": "standard_fhd"}


def test_it_is_a_measure_of_a_pair_where_it_is_given(environment: str) -> None:
    assert is_set_up()
    with started_colorvideovdp(10.0) as colorvideovdp:
        found = measure_visibility(*twins(20, 20, 10), pixels_per_degree=10.0, colorvideovdp=colorvideovdp)

    assert found.colorvideovdp == pytest.approx(9 - 0.002)
    assert measure_visibility(*twins(20, 20, 10), pixels_per_degree=10.0).colorvideovdp is None


def test_twins_of_two_sizes_are_refused_and_the_process_goes_on(environment: str) -> None:
    with started_colorvideovdp(10.0) as colorvideovdp:
        with pytest.raises(ValueError, match="shape"):
            colorvideovdp.score(twins(8, 8, 0)[0], twins(8, 9, 0)[1])
        assert colorvideovdp.score(*twins(10, 10, 0)) == pytest.approx(10 - 0.001)


def test_a_process_that_breaks_says_why(environment: str) -> None:
    def score_until_it_breaks() -> None:
        with started_colorvideovdp(10.0) as colorvideovdp:
            colorvideovdp.score(*twins(10, 10, 10))
            colorvideovdp.score(*twins(600, 600, 255))

    with pytest.raises(MlError, match=r"What was measured before is kept.*RuntimeError: the model broke") as told:
        score_until_it_breaks()
    assert environment in str(told.value)


def test_a_process_that_is_gone_is_told(environment: str) -> None:
    def score_after_its_end() -> None:
        with started_colorvideovdp(10.0) as colorvideovdp:
            colorvideovdp._process.kill()
            colorvideovdp._process.wait()
            colorvideovdp.score(*twins(600, 600, 1))

    with pytest.raises(MlError, match=r"ColorVideoVDP could not measure with.*It said: signal 9$"):
        score_after_its_end()


def test_a_signal_to_the_whole_group_leaves_the_process_to_its_caller(environment: str) -> None:
    with started_colorvideovdp(10.0) as colorvideovdp:
        for stop in (signal.SIGINT, signal.SIGTERM):
            colorvideovdp._process.send_signal(stop)
        assert colorvideovdp.score(*twins(10, 10, 0)) == pytest.approx(10 - 0.001)


@pytest.mark.parametrize("said", ["nan", "inf", "-inf", "10.01"])
def test_what_is_no_score_is_refused(environment: str, said: str) -> None:
    packages = Path(environment).with_name("pycvvdp.py")
    packages.write_text(f"{packages.read_text()}\ncvvdp.predict = lambda *twins, dim_order: (float('{said}'), None)\n")

    with (
        started_colorvideovdp(10.0) as colorvideovdp,
        pytest.raises(MlError, match=rf"It said: {said}$"),
    ):
        colorvideovdp.score(*twins(10, 10, 1))


@pytest.mark.parametrize("said", ["Welcome", "[1]", "3.0"])
def test_what_is_no_python_is_told(settings: Settings, tmp_path: Path, said: str) -> None:
    greeter = tmp_path / "greeter"
    greeter.write_text(f"#!/bin/sh\necho '{said}'\n")
    greeter.chmod(0o755)
    settings.COLORVIDEOVDP_PYTHON = str(greeter)

    with pytest.raises(MlError, match=f"It said: {re.escape(said)}$"), started_colorvideovdp(67.0):
        pass


def test_an_error_of_the_caller_ends_the_process(environment: str) -> None:
    def stop_with_one_on_the_way() -> None:
        with started_colorvideovdp(10.0) as colorvideovdp:
            processes.append(colorvideovdp._process)
            raise KeyboardInterrupt

    processes: list[subprocess.Popen[bytes]] = []
    with pytest.raises(KeyboardInterrupt):
        stop_with_one_on_the_way()
    assert processes[0].poll() is not None


@pytest.mark.parametrize(
    ("python", "why"),
    [
        ("", "PERCEPTION_COLORVIDEOVDP_PYTHON is to name the Python"),
        ("/nowhere/bin/python", r"/nowhere/bin/python \(PERCEPTION_COLORVIDEOVDP_PYTHON\).*No such file"),
        (sys.executable, "No module named 'torch'"),
    ],
)
def test_what_cannot_score_is_told(settings: Settings, python: str, why: str) -> None:
    settings.COLORVIDEOVDP_PYTHON = python

    with pytest.raises(MlError, match=why), started_colorvideovdp(67.0):
        pass

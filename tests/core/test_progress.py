"""The progress that a terminal shows."""

import time

import pytest

from perception.core.progress import terminal_progress


def test_a_note_is_shown_while_the_steps_stand_still(capsys: pytest.CaptureFixture[str]) -> None:
    """After the last step of a training minutes of measuring follow."""
    with terminal_progress("Training") as progress:
        progress(3, 3, "the last step")
        for image in range(1, 4):
            time.sleep(0.25)  # a bar is drawn every 0.2 s at the most
            progress(3, 3, f"test image {image}")
        shown = capsys.readouterr().err
    assert [f"test image {image}" in shown for image in range(1, 4)] == [True] * 3


def test_a_bar_is_not_drawn_for_every_note(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal_progress("Training") as progress:
        for step in range(2000):
            progress(step, 2000, "a step")
    assert capsys.readouterr().err.count("\r") < 1000

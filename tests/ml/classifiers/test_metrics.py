"""The figures of a training, pass by pass."""

from ml.classifiers.metrics import by_epoch


def test_the_steps_of_a_pass_are_averaged() -> None:
    history = {"loss": [4.0, 2.0, 3.0, 1.0]}

    assert by_epoch(history, steps_per_epoch=2) == {"loss": [3.0, 2.0]}


def test_a_pass_of_a_broken_number_of_steps_makes_no_pass_more() -> None:
    """8,012 images in batches of 32 are 250.4 steps a pass, and five passes 1,252."""
    history = {"loss": [float(step // 250.375) for step in range(1252)]}

    assert by_epoch(history, steps_per_epoch=8012 / 32) == {"loss": [0.0, 1.0, 2.0, 3.0, 4.0]}


def test_less_than_a_pass_is_one() -> None:
    assert by_epoch({"loss": [1.0, 3.0]}, steps_per_epoch=100) == {"loss": [2.0]}

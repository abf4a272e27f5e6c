"""The state of a run on disk."""

import pytest

from ml.runs.checkpoints import Checkpoint, has_checkpoint


def test_what_was_written_is_read_and_removed() -> None:
    checkpoint = Checkpoint("one", every=0)
    assert checkpoint.read("part") is None
    assert not has_checkpoint("one")

    checkpoint.write("part", b"first")
    checkpoint.write_if_due("part", lambda: b"second")

    assert Checkpoint("one").read("part") == b"second"
    assert has_checkpoint("one")
    checkpoint.remove()
    assert not has_checkpoint("one")
    checkpoint.remove()


def test_nothing_is_written_before_it_is_due() -> None:
    checkpoint = Checkpoint("two", every=3600)
    checkpoint.write_if_due("part", lambda: pytest.fail("it was not due"))

    assert not has_checkpoint("two")


def test_a_half_written_part_is_not_a_state() -> None:
    checkpoint = Checkpoint("three")
    checkpoint.folder.mkdir(parents=True)
    (checkpoint.folder / "part.new").write_bytes(b"ha")

    assert not has_checkpoint("three")
    assert checkpoint.read("part") is None
    checkpoint.remove()

"""A study's images are in memory together, or none is."""

from collections.abc import Callable
from pathlib import Path
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile

from studies.models import Stimulus, Study
from studies.sessions import stimulus_memory
from studies.sessions.stimulus_memory import IN_USE_FOR, KEPT_FOR, StimulusMemory
from tests.studies.factories import make_open_study

pytestmark = pytest.mark.django_db


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(stimulus_memory, "time", clock)
    return clock


def at_once(work: Callable[[], None]) -> None:
    work()


def file_of(stimulus: Stimulus) -> Path:
    return Path(default_storage.path(str(stimulus.file.name)))


def stimuli_of(study: Study) -> list[Stimulus]:
    return list(study.stimuli.all())


def length_of(study: Study) -> int:
    return file_of(stimuli_of(study)[0]).stat().st_size


def look(memory: StimulusMemory, study: Study) -> list[bool]:
    """Ask for the first stimulus of a study as a request does; return of each whether it is in memory then."""
    stimuli = stimuli_of(study)
    if memory.get(stimuli[0]) is None:
        memory.read_study_of(stimuli[0], length_of(study))
    return [memory.get(stimulus) is not None for stimulus in stimuli]


def test_after_one_was_asked_for_all_are_there_with_their_bytes() -> None:
    study = make_open_study()
    memory = StimulusMemory(1_000_000, start=at_once)
    assert look(memory, study) == [True] * 5
    assert [memory.get(stimulus) for stimulus in stimuli_of(study)] == [
        file_of(stimulus).read_bytes() for stimulus in stimuli_of(study)
    ]


def test_while_they_are_read_none_is_there_and_nobody_reads_them_again() -> None:
    study = make_open_study()
    begun: list[Callable[[], None]] = []
    memory = StimulusMemory(1_000_000, start=begun.append)
    assert look(memory, study) == [False] * 5
    assert look(memory, study) == [False] * 5
    assert len(begun) == 1
    begun[0]()
    assert look(memory, study) == [True] * 5


def test_a_study_that_does_not_fit_is_not_kept_at_all() -> None:
    study = make_open_study()
    memory = StimulusMemory(5 * length_of(study) - 1, start=at_once)
    assert look(memory, study) == [False] * 5
    with mock.patch.object(Stimulus.objects, "filter", side_effect=AssertionError):  # and is not counted each time
        assert look(memory, study) == [False] * 5
    assert look(StimulusMemory(5 * length_of(study), start=at_once), study) == [True] * 5


def test_without_memory_nothing_is_asked() -> None:
    study = make_open_study()
    stimulus = stimuli_of(study)[0]
    with mock.patch.object(Stimulus.objects, "filter", side_effect=AssertionError):
        StimulusMemory(0, start=at_once).read_study_of(stimulus, 100)


def test_a_study_in_use_is_not_given_up_for_another(clock: Clock) -> None:
    """Else each of two would be read again and again."""
    one, other = make_open_study(), make_open_study()
    memory = StimulusMemory(6 * length_of(one), start=at_once)
    assert look(memory, one) == [True] * 5
    clock.now += IN_USE_FOR - 1
    assert look(memory, other) == [False] * 5
    assert look(memory, one) == [True] * 5

    clock.now += KEPT_FOR + 1  # nobody has come for long
    assert look(memory, other) == [True] * 5
    assert all(memory.get(stimulus) is None for stimulus in stimuli_of(one))


def test_what_was_altered_is_not_kept(clock: Clock) -> None:
    study = make_open_study()
    stimuli = stimuli_of(study)
    right = file_of(stimuli[1]).read_bytes()
    memory = StimulusMemory(1_000_000, start=at_once)
    file_of(stimuli[1]).write_bytes(right[::-1])
    assert look(memory, study) == [True, False, True, True, True]

    file_of(stimuli[1]).write_bytes(right)
    file_of(stimuli[2]).write_bytes(right)
    file_of(stimuli[3]).unlink()
    assert look(memory, study) == [True, False, False, False, True]
    clock.now += KEPT_FOR + 1
    assert look(memory, study) == [True, True, False, False, True]


def test_what_lies_on_no_disk_of_this_machine_is_read_anew_after_a_while(clock: Clock) -> None:
    study = make_open_study()
    memory = StimulusMemory(1_000_000, start=at_once)
    stimulus = stimuli_of(study)[0]
    length = length_of(study)
    with mock.patch.object(FieldFile, "path", mock.PropertyMock(side_effect=NotImplementedError)):
        memory.read_study_of(stimulus, length)
    file_of(stimulus).unlink()
    assert memory.get(stimulus) is not None
    clock.now += KEPT_FOR + 1
    assert memory.get(stimulus) is None

"""Opening a study: its images are drawn, its stimuli made, its protocol fixed."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.utils import timezone

from ml.runs.leases.lease import fenced_transaction
from perception.core.progress import Progress, silent
from perception.postgresql.statistics import look_anew
from studies.design.clean_twins import require_same_clean_images
from studies.design.flash_checks import measure_flashes
from studies.design.lifecycle.preparation import MADE_ANEW, changed_meanwhile, draw, hold_pair_sets, prepare
from studies.design.lifecycle.step import locked, reason_given, require_possible, take_step
from studies.design.marked_places.region_checks import measure_regions
from studies.design.stimulus_files import KeptFiles, StimulusFile, remove_files_without_rows, store_stimulus_files
from studies.design.stimulus_selection import SelectedStimulus
from studies.models.observer import Observer
from studies.models.recruitment.place import Place
from studies.models.stimulus import Stimulus
from studies.models.study import Study
from studies.models.study_state import OPEN, StudyState
from studies.models.truth import Truth

FILLED = (Stimulus, Truth, Observer, Place)
"""What an opening adds many rows to."""


def open_study(
    *, study: Study, by: User, reason: str = "", kept: KeptFiles | None = None, progress: Progress = silent
) -> Study:
    """Draw the images and everybody's order, make the stimuli, fix the protocol, and let observers in.

    A pilot that runs ends with it. Nothing of it is taken over: images and orders are drawn from the study's own seed.

    Parameters
    ----------
    kept
        The files that an opening made before which was cut off; it is told of each further one.
    progress
        Told of every stimulus.

    Raises
    ------
    StudyError
        Not a draft, nor in its pilot; the image pairs do not suffice; no order of trials holds the study's limits; or
        somebody changed or opened the study meanwhile.
    """
    reason_given(OPEN, reason)
    measure_flashes(Study.objects.get(pk=study.pk))
    measure_regions(Study.objects.get(pk=study.pk))
    drawn = draw(Study.objects.get(pk=study.pk))
    require_same_clean_images(study, drawn)
    kept = kept or KeptFiles()
    # Encoding takes long, and drawing everybody's order: both come before the transaction, for which all answers wait.
    try:
        files = store_stimulus_files(study, drawn, kept=kept, progress=progress)
        study = _stored(study, by=by, reason=reason, drawn=drawn, files=files)
    except BaseException as error:
        kept.give_up(error)
        raise
    look_anew(FILLED)
    remove_files_without_rows(study)
    return study


def _stored(
    study: Study, *, by: User, reason: str, drawn: Sequence[SelectedStimulus], files: Sequence[StimulusFile]
) -> Study:
    for _ in range(MADE_ANEW):
        prepared = prepare(study, drawn, files)
        with fenced_transaction():
            require_possible(locked(study), OPEN)
            hold_pair_sets(study)
            if not prepared.still_holds(drawn):
                continue
            opened = prepared.store()
            close_pilots(opened)
            return take_step(opened, OPEN, by=by, reason=reason, details={"protocol_sha256": opened.protocol_sha256})
    raise changed_meanwhile(study)


def close_pilots(study: Study) -> None:
    """End the pilot of a study, if one runs: its links take no more answers."""
    running = Study.with_pilots.filter(pilot_of=study, state=StudyState.OPEN)
    running.update(state=StudyState.CLOSED, closed_at=timezone.now())

"""A pilot: the researcher and colleagues play the real thing before the study opens.

A pilot is a study of its own, a copy of the draft that is marked for good as the pilot of that study
(`Study.pilot_of`). It has its own seed, stimuli, observers and sessions. Whatever counts, exports or reports asks for
those of the study, and so cannot meet those of a pilot: there is nothing to filter, and nothing to forget to filter.
"""

import secrets
import uuid
from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from ml.runs.leases.lease import fenced_transaction
from perception.core.progress import Progress, silent
from perception.core.seeds import LARGEST_STUDY_SEED
from studies.design.clean_twins import require_same_clean_images
from studies.design.flash_checks import measure_flashes
from studies.design.invitations import invite_observers
from studies.design.lifecycle.drafts import remove_pilot
from studies.design.lifecycle.opening import close_pilots
from studies.design.lifecycle.preparation import MADE_ANEW, changed_meanwhile, draw, hold_pair_sets, prepare
from studies.design.lifecycle.step import locked, require_possible, take_step
from studies.design.marked_places.region_checks import measure_regions
from studies.design.options import OPTIONS
from studies.design.stimulus_files import KeptFiles, StimulusFile, store_stimulus_files
from studies.design.stimulus_selection import SelectedStimulus
from studies.errors import StudyError
from studies.models.observer import Observer
from studies.models.session import Session
from studies.models.study import Study
from studies.models.study_state import END_PILOT, PILOT, StudyState, why_impossible

FIRST_LABEL = "Pilot 1"
OF_ITS_OWN = frozenset({"seed", "closes_when_finished"})
"""Options that a pilot does not take over."""


def start_pilot(*, study: Study, by: User, progress: Progress = silent) -> Study:
    """Let the researcher and colleagues play a draft, as it is now; return the study. The first link is made with it.

    Parameters
    ----------
    progress
        Told of every stimulus.

    Raises
    ------
    StudyError
        Not a draft; the image pairs do not suffice; no order of trials holds the study's limits; or somebody changed
        the study meanwhile.
    """
    with transaction.atomic():
        study = locked(study)
        require_possible(study, PILOT)
        for cut_off in study.pilots.filter(state=StudyState.DRAFT):
            remove_pilot(cut_off)
        pilot = _copied(study)
    kept = KeptFiles()
    try:
        measure_flashes(pilot)
        measure_regions(pilot)
        drawn = draw(pilot)
        require_same_clean_images(pilot, drawn)
        # Encoding takes long, and drawing orders: both come before the transaction, for which all answers wait.
        files = store_stimulus_files(pilot, drawn, kept=kept, progress=progress)
        return _stored(study, pilot, by=by, drawn=drawn, files=files)
    except BaseException as error:
        kept.give_up(error)
        with transaction.atomic():
            remove_pilot(pilot)
        raise


def _stored(
    study: Study, pilot: Study, *, by: User, drawn: Sequence[SelectedStimulus], files: Sequence[StimulusFile]
) -> Study:
    for _ in range(MADE_ANEW):
        _require_same_design(Study.objects.get(pk=study.pk), pilot)
        prepared = prepare(pilot, drawn, files)
        with fenced_transaction():
            study = locked(study)
            require_possible(study, PILOT)
            _require_same_design(study, pilot)
            hold_pair_sets(pilot)
            if not prepared.still_holds(drawn):
                continue
            pilot = prepared.store()
            pilot.state = StudyState.OPEN
            pilot.save(update_fields=["state"])
            take_step(study, PILOT, by=by, details={"pilot": str(pilot.uid)})
            invite_observers(study=pilot, labels=[FIRST_LABEL], by=by)
            return study
    raise changed_meanwhile(study)


def end_pilot(*, study: Study, by: User) -> Study:
    """Make the study a draft again, in which everything can be changed. The pilot's links take no more answers."""
    with transaction.atomic():
        study = locked(study)
        require_possible(study, END_PILOT)
        close_pilots(study)
        return take_step(study, END_PILOT, by=by)


def invite_to_pilot(*, study: Study, labels: Sequence[str], by: User) -> list[Observer]:
    """Make further links of the pilot that runs; they are of no use for the study itself.

    Raises
    ------
    StudyError
        No pilot runs, or a label is empty, too long, there twice, or taken.
    """
    pilot = running_pilot(study)
    if pilot is None:
        raise StudyError(
            why_impossible(END_PILOT, title=study.title, state=study.state)
            or gettext("No pilot of “%(title)s” runs.") % {"title": study.title}
        )
    return invite_observers(study=pilot, labels=labels, by=by)


def running_pilot(study: Study) -> Study | None:
    """Return the pilot of a study that observers can play now; None where none runs."""
    return study.pilots.filter(state=StudyState.OPEN).first()


def n_pilot_sessions(study: Study) -> int:
    """Return how many sessions there were in all pilots of a study, from consent on."""
    return Session.objects.filter(observer__study__pilot_of=study).count()


def _copied(study: Study) -> Study:
    """Store a copy of a draft, with the same design and another seed, as its pilot."""
    pilot = Study.objects.get(pk=study.pk)
    pilot.pk = None
    pilot._state.adding = True
    pilot.uid = uuid.uuid4()
    pilot.pilot_of = study
    pilot.state = StudyState.DRAFT
    pilot.seed = secrets.randbelow(LARGEST_STUDY_SEED + 1)
    # It ends when the researcher ends it, whoever has played by then.
    pilot.closes_when_finished = False
    pilot.save()
    pilot.further_pair_sets.set(study.further_pair_sets.all())
    return pilot


def _require_same_design(study: Study, pilot: Study) -> None:
    if any(_value(study, name) != _value(pilot, name) for name in OPTIONS.keys() - OF_ITS_OWN):
        raise StudyError(
            gettext("“%(title)s” was changed while its pilot was being made; look at it and start again.")
            % {"title": study.title}
        )


def _value(study: Study, name: str) -> object:
    if Study._meta.get_field(name).many_to_many:
        return set(getattr(study, name).values_list("pk", flat=True))
    return getattr(study, name)

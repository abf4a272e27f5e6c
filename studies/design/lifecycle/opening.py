"""Opening a study: its images are drawn, its stimuli made, its protocol fixed. So are those of a pilot."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from ml.lifecycle.rows import hold_names
from studies.design.clean_twins import require_same_clean_images
from studies.design.drafts.duration import earlier_response_time, session_duration
from studies.design.lifecycle.drafts import require_right, wrong_options
from studies.design.lifecycle.step import locked, reason_given, require_possible, take_step
from studies.design.protocol import protocol_hash, write_protocol
from studies.design.recruitment.groups import why_groups_do_not_fit
from studies.design.recruitment.open_links import draw_places
from studies.design.stimulus_files import (
    StimulusFile,
    make_stimuli,
    remove_files_without_rows,
    remove_stimulus_files,
    store_stimulus_files,
)
from studies.design.stimulus_selection import SelectedStimulus, select_stimuli
from studies.design.trial_sequences import assign_trial_sequences, check_trial_sequences
from studies.errors import StudyError
from studies.languages import ENGLISH, FRENCH
from studies.models.observer import Observer
from studies.models.study import Study
from studies.models.study_state import OPEN, StudyState
from studies.randomization import DrawingError
from studies.trial_types import STANDARD_WORDS


def open_study(*, study: Study, by: User, reason: str = "") -> Study:
    """Draw the images and everybody's order, make the stimuli, fix the protocol, and let observers in.

    A pilot that runs ends with it. Nothing of it is taken over: images and orders are drawn from the study's own seed.

    Raises
    ------
    StudyError
        Not a draft, nor in its pilot; the image pairs do not suffice; no order of trials holds the study's limits; or
        somebody changed or opened the study meanwhile.
    """
    reason_given(OPEN, reason)
    drawn = draw(Study.objects.get(pk=study.pk))
    require_same_clean_images(study, drawn)
    # Encoding takes long, so it comes before the transaction, for which everybody's answers wait.
    files = store_stimulus_files(study, drawn)
    try:
        with transaction.atomic():
            study = locked(study)
            fix(study, drawn, files)
            close_pilots(study)
            details = {"protocol_sha256": study.protocol_sha256}
            take_step(study, OPEN, by=by, reason=reason, details=details)
    except BaseException:
        remove_stimulus_files(files)
        raise
    remove_files_without_rows(study)
    return study


def fix(study: Study, drawn: Sequence[SelectedStimulus], files: Sequence[StimulusFile]) -> None:
    """Make the stimuli of a locked study and fix its protocol, unless something else would be drawn now.

    The study is saved, but for its state, which the caller sets in the same transaction.

    Raises
    ------
    StudyError
        It was changed or opened since it was drawn, no order of trials holds its limits, or somebody belongs to no
        group of it.
    """
    further = study.further_pair_sets.values_list("pk", flat=True)
    if why := why_groups_do_not_fit(study):
        raise StudyError(why)
    hold_names([study.pair_set_id, study.catch_pair_set_id, *further])
    selected = draw(study)
    if _identities(selected) != _identities(drawn):
        raise StudyError(
            gettext("“%(title)s” was changed while it was being opened; look at it and open it again.")
            % {"title": study.title}
        )
    _write_out_texts(study)
    study.estimated_minutes = session_duration(study, earlier_response_time(study)).minutes
    stimuli = make_stimuli(study, selected, files)
    check_trial_sequences(study)
    assign_trial_sequences(study=study, observers=list(Observer.objects.filter(study=study)))
    draw_places(study)
    attack_of = study.attack_of_pairs
    study.protocol = write_protocol(
        study,
        stimuli=[
            {
                "name": stimulus.name,
                "sha256": stimulus.sha256,
                "image": showing.pair.image.name,
                "perturbed": showing.perturbed,
                "role": showing.role.value,
                "subset": showing.subset,
                "strength_levels": showing.strength,
                **({"attack": showing.attack_in(attack_of)} if attack_of else {}),
            }
            for stimulus, showing in zip(stimuli, selected, strict=True)
        ],
    )
    study.protocol_sha256 = protocol_hash(study.protocol)
    study.opened_at = timezone.now()
    study.save()


def close_pilots(study: Study) -> None:
    """End the pilot of a study, if one runs: its links take no more answers."""
    running = Study.with_pilots.filter(pilot_of=study, state=StudyState.OPEN)
    running.update(state=StudyState.CLOSED, closed_at=timezone.now())


def draw(study: Study) -> list[SelectedStimulus]:
    """Check a study that is to be opened, and draw what it shows.

    Raises
    ------
    StudyError
        It cannot be opened where it stands, or its image pairs do not suffice.
    ValidationError
        By field, with what to change.
    """
    require_possible(study, OPEN)
    require_right(wrong_options(study, study.further_pair_sets.all()))
    try:
        return select_stimuli(study)
    except DrawingError as error:
        raise StudyError(str(error)) from error


def _identities(selected: Sequence[SelectedStimulus]) -> list[tuple[SelectedStimulus, str, str]]:
    """Return what tells one drawing from another: what is shown as what, and from which bytes."""
    return [(item, item.pair.clean_sha256, item.pair.perturbed_sha256) for item in selected]


def _write_out_texts(study: Study) -> None:
    """Fill in the standard texts where the researcher has written none: from now on they are fixed."""
    for name in ("question", "instructions", "consent_text", "data_purpose", *STANDARD_WORDS):
        texts = {"": study.text(name, ENGLISH), "_fr": study.text(name, FRENCH)}
        if getattr(study, name):
            del texts["_fr"]
        for ending, text in texts.items():
            setattr(study, name + ending, text)

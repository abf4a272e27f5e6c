"""All that the opening of a study stores, made before its transaction: everybody's answers wait for that.

Images, orders, protocol and rows are made from what the study is at one moment. Whoever stores them looks, under the
lock of the study's row, whether it still is; if not, they are made anew, and only files that were encoded already stay.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max
from django.utils import timezone
from django.utils.translation import gettext

from ml.lifecycle.rows import hold_names
from ml.models.image_pair import ImagePair
from studies.design.drafts.duration import earlier_response_time, session_duration
from studies.design.flash_checks import flash_tally
from studies.design.lifecycle.drafts import require_right, wrong_options
from studies.design.lifecycle.step import require_possible
from studies.design.marked_places.place_truth import place_truths
from studies.design.marked_places.region_checks import region_tally
from studies.design.protocol import protocol_hash, write_protocol
from studies.design.recruitment.groups import why_groups_do_not_fit
from studies.design.recruitment.place_drawing import places_without_sequence
from studies.design.shown_stimuli import stimuli_to_come
from studies.design.stimulus_files import StimulusFile, StimulusRows, rows_of_stimuli
from studies.design.stimulus_selection import SelectedStimulus, select_stimuli
from studies.design.trial_sequences import (
    check_trial_sequences,
    draw_first_sequences,
    store_observer_sequences,
    store_place_sequences,
)
from studies.errors import StudyError
from studies.languages import ENGLISH, FRENCH
from studies.models.observer import Observer
from studies.models.recruitment.place import Place
from studies.models.study import Study
from studies.models.study_state import OPEN
from studies.randomization import DrawingError
from studies.trial_types import STANDARD_WORDS

MADE_ANEW = 5
"""So often is an opening prepared anew because something was changed meanwhile."""


@dataclass(frozen=True, slots=True)
class Preparation:
    """What is stored when a study opens.

    Attributes
    ----------
    study
        As it will be, but for its state and the time.
    stimuli
        Their rows.
    observers, places
        With their sequences.
    """

    study: Study
    stimuli: StimulusRows
    observers: tuple[Observer, ...]
    places: tuple[Place, ...]
    _basis: object

    def still_holds(self, selected: Sequence[SelectedStimulus]) -> bool:
        """Whether all that it was made from is as it was. To be asked in a transaction that holds the study's row."""
        return self._basis == _basis_of(Study.with_pilots.get(pk=self.study.pk), selected)

    def store(self) -> Study:
        """Store all of it, in a transaction that holds the study's row; return the study. The caller sets its state."""
        self.stimuli.store()
        store_observer_sequences(self.observers)
        store_place_sequences(self.places)
        self.study.opened_at = timezone.now()
        self.study.save()
        return self.study


def prepare(study: Study, drawn: Sequence[SelectedStimulus], files: Sequence[StimulusFile]) -> Preparation:
    """Make all that is stored when a study opens, unless something else would be drawn now.

    To be called outside a transaction. Nothing is stored.

    Raises
    ------
    StudyError
        It was changed or opened since it was drawn, no order of trials holds its limits, or somebody belongs to no
        group of it.
    """
    study = Study.with_pilots.get(pk=study.pk)
    basis = _basis_of(study, drawn)
    if why := why_groups_do_not_fit(study):
        raise StudyError(why)
    selected = draw(study)
    if _identities(selected) != _identities(drawn):
        raise changed_meanwhile(study)
    _write_out_texts(study)
    study.estimated_minutes = session_duration(study, earlier_response_time(study)).minutes
    rows = rows_of_stimuli(study, selected, files)
    shown = stimuli_to_come(selected)
    check_trial_sequences(study, shown)
    observers, places = _observers(study), places_without_sequence(study)
    draw_first_sequences(study, shown, observers=observers, places=places)
    attack_of = study.attack_of_pairs
    right_places = place_truths(selected) if study.trials.marks_place else {}
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
                **(right_places.get(showing.pair.pk, {}) if showing.perturbed else {}),
            }
            for stimulus, showing in zip(rows.stimuli, selected, strict=True)
        ],
    )
    study.protocol_sha256 = protocol_hash(study.protocol)
    return Preparation(study, rows, tuple(observers), tuple(places), basis)


def hold_pair_sets(study: Study) -> None:
    """Hold the image pairs of a study until the end of the transaction: its protocol has their names."""
    further = study.further_pair_sets.values_list("pk", flat=True)
    hold_names([study.pair_set_id, study.catch_pair_set_id, *further])


def changed_meanwhile(study: Study) -> StudyError:
    """Return what is said where a study is not what it was when its images were drawn."""
    return StudyError(
        gettext("“%(title)s” was changed while it was being opened; look at it and open it again.")
        % {"title": study.title}
    )


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
        raise StudyError(" ".join([str(error), *_not_used(study)])) from error


def _not_used(study: Study) -> Iterator[str]:
    """Say how many image pairs are not used, where that is so: it may be why the others do not suffice."""
    if everywhere := (places := region_tally(study)).everywhere:
        yield (
            f"{everywhere:,} of {places.measured:,} image pairs are not used: they are changed in more than a quarter "
            "of the image, in places all over it, or not at all, and have no place to mark."
        )
    if study.needs_flash_check and (over := (flashes := flash_tally(study)).over):
        yield (
            f"{over:,} of {flashes.measured:,} image pairs are not used: their flicker would exceed WCAG’s thresholds "
            "of flashes."
        )


def _observers(study: Study) -> list[Observer]:
    return list(Observer.objects.filter(study=study))


def _basis_of(study: Study, selected: Sequence[SelectedStimulus]) -> object:
    """Return all that an opening follows from, read anew: the study, who is invited, the image pairs."""
    further = sorted(study.further_pair_sets.values_list("pk", flat=True))
    pair_sets = {study.pair_set_id, study.catch_pair_set_id, *further} - {None}
    counted = ImagePair.objects.filter(pair_set__in=pair_sets).order_by("pair_set").values_list("pair_set")
    shown = ImagePair.objects.filter(pk__in={item.pair.pk for item in selected}).order_by("pk")
    columns = [field.attname for field in Study._meta.concrete_fields if field.name != "state"]
    return (
        {name: getattr(study, name) for name in columns},
        further,
        list(counted.annotate(Count("pk"), Max("pk"))),
        list(shown.values_list("pk", "clean_sha256", "perturbed_sha256")),
        [(one.pk, one.label, one.group, one.is_simulated) for one in _observers(study)],
        [(place.pk, place.link_id, place.group, place.number) for place in places_without_sequence(study)],
    )


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

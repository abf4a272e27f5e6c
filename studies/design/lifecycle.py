"""What researchers do to a study: make it, change it, open it, close it, look at results early, delete a draft.

Each function validates, opens one transaction, writes an audit event in it, and raises `StudyError` or Django's
`ValidationError` when it cannot be done.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ml.models.pair_set import PairSet
from perception.core.seeds import LARGEST_STUDY_SEED
from studies import audit
from studies.design.options import OPTIONS, STUDY_OPTIONS
from studies.design.protocol import protocol_hash, write_protocol
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
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.pair_set_rules import wrong_strengths
from studies.models.session import Session
from studies.models.study import Study
from studies.randomization import DrawingError

CHANGEABLE_LATER = frozenset(option.name for option in STUDY_OPTIONS if not option.fixed_at_opening)


def create_study(*, by: User, **options: object) -> Study:
    """Make a draft that `by` owns; `options` are those of `STUDY_OPTIONS`. A seed of None is drawn."""
    study = Study(owner=by)
    with transaction.atomic():
        _set_options(study, options)
        study.save()
        _set_strengths(study, options.get("further_pair_sets"))
        audit.record(study=study, action=AuditEvent.Action.CREATED, by=by)
    return study


def change_study(*, study: Study, by: User, **options: object) -> Study:
    """Change a draft; of an open study, nothing but options that are not fixed at its opening."""
    with transaction.atomic():
        study = _locked(study)
        if study.state != Study.State.OPEN or not options or not options.keys() <= CHANGEABLE_LATER:
            _require(study, Study.State.DRAFT, "changed")
        changed = _set_options(study, options)
        study.save()
        changed |= _set_strengths(study, options.get("further_pair_sets"))
        audit.record(study=study, action=AuditEvent.Action.CHANGED, by=by, details={"fields": sorted(changed)})
    return study


def delete_study(*, study: Study, by: User) -> None:
    """Delete a draft. A study that was ever open is kept: answers are not thrown away."""
    with transaction.atomic():
        study = _locked(study)
        _require(study, Study.State.DRAFT, "deleted")
        audit.record(study=study, action=AuditEvent.Action.DELETED, by=by)
        study.delete()


def open_study(*, study: Study, by: User) -> Study:
    """Draw the images and everybody's order, make the stimuli, fix the protocol, and let observers in.

    Raises
    ------
    StudyError
        Not a draft; the image pairs do not suffice; no order of trials holds the study's limits; or somebody changed
        or opened the study meanwhile.
    """
    drawn = _draw(Study.objects.get(pk=study.pk))
    # Encoding takes long, so it comes before the transaction, for which everybody's answers wait.
    files = store_stimulus_files(study, drawn)
    try:
        study = _open_with(study, drawn, files, by=by)
    except BaseException:
        remove_stimulus_files(files)
        raise
    remove_files_without_rows(study)
    return study


def _open_with(study: Study, drawn: Sequence[SelectedStimulus], files: Sequence[StimulusFile], *, by: User) -> Study:
    """Write down that a study is open which shows what was drawn, unless something else would be drawn now."""
    with transaction.atomic():
        study = _locked(study)
        selected = _draw(study)
        if _identities(selected) != _identities(drawn):
            raise StudyError(f"“{study.title}” was changed while it was being opened; look at it and open it again.")
        _write_out_texts(study)
        stimuli = make_stimuli(study, selected, files)
        check_trial_sequences(study)
        assign_trial_sequences(study=study, observers=list(Observer.objects.filter(study=study)))
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
                }
                for stimulus, showing in zip(stimuli, selected, strict=True)
            ],
        )
        study.protocol_sha256 = protocol_hash(study.protocol)
        study.state = Study.State.OPEN
        study.opened_at = timezone.now()
        study.save()
        audit.record(
            study=study,
            action=AuditEvent.Action.OPENED,
            by=by,
            details={"protocol_sha256": study.protocol_sha256},
        )
    return study


def close_study(*, study: Study, by: User) -> Study:
    """Take no more answers. Sessions that are not finished stay as they are, and are not analysed."""
    with transaction.atomic():
        study = _locked(study)
        _require(study, Study.State.OPEN, "closed")
        unfinished = Session.objects.filter(
            observer__study=study, finished_at__isnull=True, withdrawn_at__isnull=True
        ).count()
        study.state = Study.State.CLOSED
        study.closed_at = timezone.now()
        study.save(update_fields=["state", "closed_at"])
        audit.record(study=study, action=AuditEvent.Action.CLOSED, by=by, details={"unfinished_sessions": unfinished})
    return study


def unblind_study(*, study: Study, by: User) -> Study:
    """Let results of an open study be seen. It is written down, and the report says so ever after."""
    with transaction.atomic():
        study = _locked(study)
        _require(study, Study.State.OPEN, "unblinded")
        if study.unblinded_at is None:
            study.unblinded_at = timezone.now()
            study.save(update_fields=["unblinded_at"])
        audit.record(study=study, action=AuditEvent.Action.UNBLINDED, by=by)
    return study


def _draw(study: Study) -> list[SelectedStimulus]:
    """Check a draft that is to be opened, and draw what it shows."""
    _require(study, Study.State.DRAFT, "opened")
    study.full_clean()
    _check_strengths(study, list(study.further_pair_sets.all()))
    try:
        return select_stimuli(study)
    except DrawingError as error:
        raise StudyError(str(error)) from error


def _identities(selected: Sequence[SelectedStimulus]) -> list[tuple[SelectedStimulus, str, str]]:
    """Return what tells one drawing from another: what is shown as what, and from which bytes."""
    return [(item, item.pair.clean_sha256, item.pair.perturbed_sha256) for item in selected]


def _set_options(study: Study, options: Mapping[str, object]) -> set[str]:
    """Set the options that are given, but for the further strengths; say which are others now."""
    unknown = options.keys() - OPTIONS.keys()
    if unknown:
        raise TypeError(f"no such fields of a study: {', '.join(sorted(unknown))}")
    given = {
        name: value
        for name, value in options.items()
        if name != "further_pair_sets" and (value is not None or OPTIONS[name].may_be_emptied)
    }
    if study._state.adding:
        given.setdefault("seed", secrets.randbelow(LARGEST_STUDY_SEED + 1))
    changed = {name for name, value in given.items() if getattr(study, name, None) != value}
    for name in changed:
        setattr(study, name, given[name])
    study.full_clean()
    return changed


def _set_strengths(study: Study, further: object) -> set[str]:
    """Set the further strengths, None leaves them; say whether they are others now."""
    before = set(study.further_pair_sets.all())
    after = before if further is None else _pair_sets(further)
    _check_strengths(study, sorted(after, key=lambda pair_set: pair_set.strength))
    study.further_pair_sets.set(after)
    return {"further_pair_sets"} if after != before else set()


def _pair_sets(given: object) -> set[PairSet]:
    pair_sets = set()
    for pair_set in given if isinstance(given, Iterable) else [given]:
        if not isinstance(pair_set, PairSet):
            raise TypeError(f"further strengths are image pairs, not {pair_set!r}")
        pair_sets.add(pair_set)
    return pair_sets


def _check_strengths(study: Study, further: Sequence[PairSet]) -> None:
    """Check what Django cannot: relations to many are there only once the study is saved.

    Raises
    ------
    ValidationError
        By field, with what to change.
    """
    catch = study.catch_pair_set if study.n_catch else None
    if wrong := wrong_strengths(study.pair_set, further, n_perturbed=study.n_perturbed, catch=catch):
        raise ValidationError(wrong)


def _write_out_texts(study: Study) -> None:
    """Fill in the standard texts where the researcher has written none: from now on they are fixed."""
    for name in ("question", "instructions", "consent_text"):
        texts = {"": study.text(name, ENGLISH), "_fr": study.text(name, FRENCH)}
        if getattr(study, name):
            del texts["_fr"]
        for ending, text in texts.items():
            setattr(study, name + ending, text)


def _locked(study: Study) -> Study:
    """Read the study anew under a row lock, so that two researchers' clicks come one after the other."""
    return Study.objects.select_for_update().select_related(None).get(pk=study.pk)


def _require(study: Study, state: Study.State, verb: str) -> None:
    if study.state != state:
        raise StudyError(
            f"“{study.title}” is {study.get_state_display()}; only a study that is {state.label} can be {verb}."
        )

"""What researchers do to a study: make it, change it, open it, close it, look at results early, delete a draft.

Each function validates, opens one transaction, writes an audit event in it, and raises `StudyError` or Django's
`ValidationError` when it cannot be done.
"""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ml.models.pair_set import PairSet
from perception.core.seeds import LARGEST_STUDY_SEED
from studies import audit
from studies.design.protocol import protocol_hash, write_protocol
from studies.design.stimulus_files import make_stimuli
from studies.design.stimulus_selection import select_stimuli
from studies.design.trial_sequences import assign_trial_sequences, check_trial_sequences
from studies.errors import StudyError
from studies.languages import ENGLISH, FRENCH
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.pair_set_rules import wrong_strengths
from studies.models.session import Session
from studies.models.study import Study
from studies.randomization import DrawingError

DESIGN_FIELDS = frozenset(
    {
        "title",
        "title_fr",
        "trial_type",
        "question",
        "question_fr",
        "instructions",
        "instructions_fr",
        "consent_text",
        "consent_text_fr",
        "questionnaire",
        "questionnaire_fr",
        "asks_diagnosis",
        "pair_set",
        "n_perturbed",
        "n_clean",
        "one_lesion_once",
        "n_subsets",
        "prevalence",
        "longest_run",
        "n_practice",
        "n_catch",
        "catch_pair_set",
        "further_pair_sets",
        "margin",
        "catch_at_least",
        "rt_at_least_ms",
        "leaves_out_partly_shown",
        "scale",
        "display_rule",
        "display_ms",
        "fixation_ms",
        "pause_ms",
        "break_every",
        "asks_calibration",
        "asks_comments",
        "shows_score",
        "closes_when_finished",
        "seed",
    }
)
# The fields that may be emptied again: to them, None is a value.
EMPTY_FIELDS = frozenset({"display_ms", "catch_pair_set"})


def create_study(*, by: User, **fields: Any) -> Study:
    """Make a draft that `by` owns; `fields` are those of `DESIGN_FIELDS`. A seed of None is drawn."""
    study = Study(owner=by)
    with transaction.atomic():
        further = fields.pop("further_pair_sets", None)
        _set_design(study, fields)
        study.save()
        _set_strengths(study, further)
        audit.record(study=study, action=AuditEvent.Action.CREATED, by=by)
    return study


def change_study(*, study: Study, by: User, **fields: Any) -> Study:
    """Change a draft. What an open study shows is fixed."""
    with transaction.atomic():
        study = _locked(study)
        _require(study, Study.State.DRAFT, "changed")
        further = fields.pop("further_pair_sets", None)
        changed = _set_design(study, fields)
        study.save()
        changed |= _set_strengths(study, further)
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
        Not a draft; the image pairs do not suffice; or no order of trials holds the study's limits.
    """
    with transaction.atomic():
        study = _locked(study)
        _require(study, Study.State.DRAFT, "opened")
        study.full_clean()
        _check_strengths(study, list(study.further_pair_sets.all()))
        _write_out_texts(study)
        try:
            selected = select_stimuli(study)
        except DrawingError as error:
            raise StudyError(str(error)) from error
        stimuli = make_stimuli(study, selected)
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


def _set_design(study: Study, fields: dict[str, Any]) -> set[str]:
    unknown = set(fields) - DESIGN_FIELDS
    if unknown:
        raise TypeError(f"no such fields of a study: {', '.join(sorted(unknown))}")
    if fields.get("seed") is None and study._state.adding:
        fields = {**fields, "seed": secrets.randbelow(LARGEST_STUDY_SEED + 1)}
    given = {name: value for name, value in fields.items() if value is not None or name in EMPTY_FIELDS}
    changed = {name for name, value in given.items() if getattr(study, name, None) != value}
    for name in changed:
        setattr(study, name, fields[name])
    study.full_clean()
    return changed


def _set_strengths(study: Study, further: Iterable[PairSet] | None) -> set[str]:
    """Set the further strengths, None leaves them; say whether they are others now."""
    before = set(study.further_pair_sets.all())
    after = before if further is None else set(further)
    _check_strengths(study, sorted(after, key=lambda pair_set: pair_set.strength))
    study.further_pair_sets.set(after)
    return {"further_pair_sets"} if after != before else set()


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

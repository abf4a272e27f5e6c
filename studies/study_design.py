"""What researchers do to a study: make it, change it, open it, close it, look at results early, delete a draft.

Each function validates, opens one transaction, writes an audit event in it, and raises `StudyError` or Django's
`ValidationError` when it cannot be done.
"""

import secrets
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from ml.models.image_pair import ImagePair
from studies import audit
from studies.drawing import Candidate, DrawingError, Drawn, draw_stimuli
from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.session import Session
from studies.models.study import Study
from studies.protocol import protocol_hash, write_protocol
from studies.stimulus_files import make_stimuli

DESIGN_FIELDS = frozenset(
    {
        "title",
        "question",
        "instructions",
        "consent_text",
        "pair_set",
        "n_perturbed",
        "n_clean",
        "one_lesion_once",
        "scale",
        "display_rule",
        "closes_when_finished",
        "seed",
    }
)


def create_study(*, by: User, **fields: Any) -> Study:
    """Make a draft that `by` owns; `fields` are those of `DESIGN_FIELDS`. A seed of None is drawn."""
    study = Study(owner=by)
    with transaction.atomic():
        _set_design(study, fields)
        study.save()
        audit.record(study=study, action=AuditEvent.Action.CREATED, by=by)
    return study


def change_study(*, study: Study, by: User, **fields: Any) -> Study:
    """Change a draft. What an open study shows is fixed."""
    with transaction.atomic():
        study = _locked(study)
        _require(study, Study.State.DRAFT, "changed")
        changed = sorted(_set_design(study, fields))
        study.save()
        audit.record(study=study, action=AuditEvent.Action.CHANGED, by=by, details={"fields": changed})
    return study


def delete_study(*, study: Study, by: User) -> None:
    """Delete a draft. A study that was ever open is kept: answers are not thrown away."""
    with transaction.atomic():
        study = _locked(study)
        _require(study, Study.State.DRAFT, "deleted")
        audit.record(study=study, action=AuditEvent.Action.DELETED, by=by)
        study.delete()


def open_study(*, study: Study, by: User) -> Study:
    """Draw the images, make the stimuli, fix the protocol, and let observers in.

    Raises
    ------
    StudyError
        Not a draft; or the image pairs do not suffice.
    """
    with transaction.atomic():
        study = _locked(study)
        _require(study, Study.State.DRAFT, "opened")
        study.full_clean()
        pairs = {pair.image.name: pair for pair in study.pair_set.pairs.select_related("image")}
        drawn = draw_for(study, pairs)
        stimuli = make_stimuli(study, drawn, pairs)
        study.protocol = write_protocol(
            study,
            stimuli=[
                {
                    "name": stimulus.name,
                    "sha256": stimulus.sha256,
                    "image": item.key,
                    "perturbed": item.perturbed,
                }
                for stimulus, item in zip(stimuli, drawn, strict=True)
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


def draw_for(study: Study, pairs: dict[str, ImagePair]) -> list[Drawn]:
    """Draw the study's images from its pairs (by image name), or say why they do not suffice."""
    candidates = [Candidate(name, pair.image.lesion) for name, pair in pairs.items()]
    try:
        return draw_stimuli(
            candidates,
            n_perturbed=study.n_perturbed,
            n_clean=study.n_clean,
            one_lesion_once=study.one_lesion_once,
            seed=study.seed,
        )
    except DrawingError as error:
        raise StudyError(str(error)) from error


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
        fields = {**fields, "seed": secrets.randbelow(2**53)}
    changed = {name for name, value in fields.items() if value is not None and getattr(study, name, None) != value}
    for name in changed:
        setattr(study, name, fields[name])
    study.full_clean()
    return changed


def _locked(study: Study) -> Study:
    """Read the study anew under a row lock, so that two researchers' clicks come one after the other."""
    return Study.objects.select_for_update().select_related(None).get(pk=study.pk)


def _require(study: Study, state: Study.State, verb: str) -> None:
    if study.state != state:
        raise StudyError(
            f"“{study.title}” is {study.get_state_display()}; only a study that is {state.label} can be {verb}."
        )

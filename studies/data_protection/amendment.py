"""What a study says of its observers' data, changed after it opened, and never to the harm of those who consented."""

from collections.abc import Mapping, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from studies import audit
from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.study import Study
from studies.models.study_state import BEFORE_OPENING


def amend_data_protection(
    *,
    study: Study,
    by: User,
    data_controller: str,
    data_contact: str,
    kept_days: int | None,
    keeps_detached_answers: bool,
) -> Study:
    """Name others as responsible, or keep the data for a shorter time, once a study has opened.

    Its pilots follow: their observers read the same, and nothing of them is kept longer than they were told.

    Parameters
    ----------
    data_controller, data_contact, kept_days, keeps_detached_answers
        As in the model of a study. The time may be set where none is, and made shorter; answers that were to be kept
        after it may be deleted, and not the other way round.

    Raises
    ------
    StudyError
        The study has not opened (its draft is changed instead), or the data would be kept longer, or more of them.
    ValidationError
        By field, with what cannot be.
    NotPermittedError
        `by` may not.
    """
    given = {
        "data_controller": data_controller.strip(),
        "data_contact": data_contact.strip(),
        "kept_days": kept_days,
        "keeps_detached_answers": keeps_detached_answers,
    }
    with transaction.atomic():
        study = Study.with_pilots.select_for_update().get(pk=study.pk)
        if study.state in BEFORE_OPENING:
            raise StudyError(gettext("“%(study)s” has not opened: change its draft.") % {"study": study.title})
        if study.kept_days is not None and (kept_days is None or kept_days > study.kept_days):
            raise StudyError(
                gettext(
                    "Observers were told that their data are kept for %(n)d days: that can be made shorter, not longer."
                )
                % {"n": study.kept_days}
            )
        if keeps_detached_answers and not study.keeps_detached_answers:
            raise StudyError(
                gettext("Observers were told that their answers are deleted too: they cannot be kept instead.")
            )
        changed = sorted(name for name, value in given.items() if getattr(study, name) != value)
        for name in changed:
            setattr(study, name, given[name])
        study.clean_fields(exclude={field.name for field in Study._meta.fields} - given.keys())
        study.save(update_fields=changed)
        for pilot in Study.with_pilots.select_for_update().filter(pilot_of=study):
            _follow(pilot, given, changed)
        if changed:
            audit.record(study=study, action=AuditEvent.Action.CHANGED, by=by, details={"fields": changed})
    return study


def _follow(pilot: Study, given: Mapping[str, object], changed: Sequence[str]) -> None:
    """Change in a pilot what was changed in its study, where that keeps nothing longer, and no more."""
    told_days, told_detached = pilot.kept_days, pilot.keeps_detached_answers
    for name in changed:
        setattr(pilot, name, given[name])
    if told_days is not None:
        pilot.kept_days = min(told_days, pilot.kept_days or told_days)
    pilot.keeps_detached_answers = pilot.keeps_detached_answers and told_detached
    pilot.save(update_fields=changed)

"""A study before it opens: make it, change it, delete it."""

import secrets
from collections.abc import Iterable, Mapping, Sequence

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from ml.models.pair_set import PairSet
from perception.core.seeds import LARGEST_STUDY_SEED
from studies import audit
from studies.design.lifecycle.step import locked, require_possible, take_step
from studies.design.options import OPTIONS, STUDY_OPTIONS
from studies.design.stimulus_files import remove_stimulus_folder
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.pair_set_rules import wrong_strengths
from studies.models.study import Study
from studies.models.study_state import CHANGE, DELETE, RUNNING

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
    """Change a draft; of a study that runs, nothing but options that are not fixed at its opening."""
    with transaction.atomic():
        study = locked(study)
        if study.state not in RUNNING or not options or not options.keys() <= CHANGEABLE_LATER:
            require_possible(study, CHANGE)
        changed = _set_options(study, options)
        study.save()
        changed |= _set_strengths(study, options.get("further_pair_sets"))
        audit.record(study=study, action=AuditEvent.Action.CHANGED, by=by, details={"fields": sorted(changed)})
    return study


def delete_study(*, study: Study, by: User) -> None:
    """Delete a draft, with the pilots that it had. A study that was ever open is kept: no answer is thrown away."""
    with transaction.atomic():
        study = locked(study)
        require_possible(study, DELETE)
        take_step(study, DELETE, by=by)
        for pilot in study.pilots.all():
            remove_pilot(pilot)
        study.delete()


def remove_pilot(pilot: Study) -> None:
    """Delete a pilot with its sessions and the files of its stimuli. To be called in a transaction."""
    if not pilot.is_pilot:
        raise ValueError("a study that is no pilot is deleted by its service alone")
    Observer.objects.filter(study=pilot).delete()  # with the trials, which keep the stimuli from being deleted
    pilot.delete()
    transaction.on_commit(lambda: remove_stimulus_folder(pilot))


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
    check_strengths(study, sorted(after, key=lambda pair_set: pair_set.strength))
    study.further_pair_sets.set(after)
    return {"further_pair_sets"} if after != before else set()


def _pair_sets(given: object) -> set[PairSet]:
    pair_sets = set()
    for pair_set in given if isinstance(given, Iterable) else [given]:
        if not isinstance(pair_set, PairSet):
            raise TypeError(f"further strengths are image pairs, not {pair_set!r}")
        pair_sets.add(pair_set)
    return pair_sets


def check_strengths(study: Study, further: Sequence[PairSet]) -> None:
    """Check what Django cannot: relations to many are there only once the study is saved.

    Raises
    ------
    ValidationError
        By field, with what to change.
    """
    catch = study.catch_pair_set if study.n_catch else None
    if wrong := wrong_strengths(study.pair_set, further, n_perturbed=study.n_perturbed, catch=catch):
        raise ValidationError(wrong)

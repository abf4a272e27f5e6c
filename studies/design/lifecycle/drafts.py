"""A study before it opens: make it, change it, delete it."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from ml.models.pair_set import PairSet
from perception.analysis.json_values import JsonObject
from perception.core.seeds import LARGEST_STUDY_SEED
from studies import audit
from studies.design.lifecycle.step import locked, require_possible, take_step
from studies.design.options import OPTIONS, STUDY_OPTIONS
from studies.design.stimulus_files import remove_stimulus_folder
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.pair_sets.rules import wrong_pair_sets
from studies.models.study import Study
from studies.models.study_state import CHANGE, DELETE, RUNNING, StudyState

CHANGEABLE_LATER = frozenset(option.name for option in STUDY_OPTIONS if not option.fixed_at_opening)
NEVER_FIXED = frozenset(option.name for option in STUDY_OPTIONS if not option.fixed_at_closing)


def create_study(*, by: User, **options: object) -> Study:
    """Make a draft that `by` owns; `options` are those of `STUDY_OPTIONS`. A seed of None is drawn."""
    study = Study(owner=by)
    _require_usable(options, by=by, already=())
    with transaction.atomic():
        _set_options(study, options)
        further = _pair_sets(options.get("further_pair_sets") or [])
        require_right(wrong_options(study, further))
        _save_new(study, further, by=by)
    return study


def create_defined_study(*, by: User, details: Mapping[str, object], **options: object) -> Study:
    """Make a draft of a definition, as `create_study` does, though its options do not fit together.

    Each alone is to be right. What is wrong with them together is told where the draft is looked over, as it is of a
    draft that was changed step by step: of such a draft there are definitions, too.

    Parameters
    ----------
    details
        What is written down with its making.
    """
    study = Study(owner=by)
    _require_usable(options, by=by, already=())
    with transaction.atomic():
        _set_options(study, options)
        study.clean_fields()
        _save_new(study, _pair_sets(options.get("further_pair_sets") or []), by=by, details=details)
    return study


def change_study(*, study: Study, by: User, **options: object) -> Study:
    """Change a draft; of a study that runs, or is closed, nothing but options that are not fixed by then.

    A draft is made step by step: what is thereby wrong with options of other steps is let pass, and told where it is
    looked over (`studies.design.drafts.readiness`). Opening looks at all options.
    """
    with transaction.atomic():
        study = locked(study)
        if not options or not options.keys() <= changeable(study):
            require_possible(study, CHANGE)
        _require_usable(options, by=by, already=_pair_sets_of(study))
        changed = _set_options(study, options)
        before = set(study.further_pair_sets.all())
        given = options.get("further_pair_sets")
        further = before if given is None else _pair_sets(given)
        steps = {OPTIONS[name].step for name in options}
        elsewhere = {option.name for option in STUDY_OPTIONS if option.step not in steps}
        wrong = wrong_options(study, further)
        require_right({name: errors for name, errors in wrong.items() if name not in elsewhere})
        study.save()
        study.further_pair_sets.set(further)
        if further != before:
            changed.add("further_pair_sets")
        audit.record(study=study, action=AuditEvent.Action.CHANGED, by=by, details={"fields": sorted(changed)})
    return study


def changeable(study: Study) -> frozenset[str]:
    """Return which options can be changed beside what a draft's design allows: those not fixed where the study stands.

    Those that are never fixed wait with an archived study until it is taken back.
    """
    if study.state in RUNNING:
        return CHANGEABLE_LATER
    return frozenset() if study.state == StudyState.ARCHIVED else NEVER_FIXED


def keep_plan(*, study: Study, by: User, plan: JsonObject | None) -> Study:
    """Keep with a draft the plan that its numbers follow from (`studies.planning.kept_plan`); None takes it away."""
    with transaction.atomic():
        study = locked(study)
        require_possible(study, CHANGE)
        study.plan = plan
        study.save(update_fields=["plan"])
        audit.record(study=study, action=AuditEvent.Action.CHANGED, by=by, details={"fields": ["plan"]})
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


def _save_new(
    study: Study, further: Iterable[PairSet], *, by: User, details: Mapping[str, object] | None = None
) -> None:
    study.save()
    study.further_pair_sets.set(further)
    audit.record(study=study, action=AuditEvent.Action.CREATED, by=by, details=details)


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
    return changed


def _require_usable(options: Mapping[str, object], *, by: User, already: Collection[PairSet | None]) -> None:
    """Refuse image pairs that somebody keeps to themselves; those that the study has already stay.

    Raises
    ------
    ValidationError
        By field, with what cannot be used.
    """
    wrong = {
        name: gettext("There are no image pairs “%(pair_set)s” that you may use.") % {"pair_set": pair_set}
        for name in ("pair_set", "catch_pair_set", "control_pair_set", "further_pair_sets")
        for pair_set in _pair_sets(options.get(name) or [])
        if pair_set not in already and not pair_set.may_be_used_by(by)
    }
    if wrong:
        raise ValidationError(wrong)


def _pair_sets_of(study: Study) -> list[PairSet | None]:
    return [study.pair_set, study.catch_pair_set, study.control_pair_set, *study.further_pair_sets.all()]


def _pair_sets(given: object) -> set[PairSet]:
    pair_sets = set()
    for pair_set in given if isinstance(given, Iterable) else [given]:
        if not isinstance(pair_set, PairSet):
            raise TypeError(f"further strengths are image pairs, not {pair_set!r}")
        pair_sets.add(pair_set)
    return pair_sets


def wrong_options(study: Study, further: Iterable[PairSet]) -> dict[str, list[ValidationError]]:
    """Return what is wrong with a study's options, by their names; empty where nothing is.

    Parameters
    ----------
    further
        The image pairs of its further strengths, which Django cannot check: relations to many are there only once the
        study is saved.
    """
    wrong: dict[str, list[ValidationError]] = {}
    try:
        study.full_clean()
    except ValidationError as error:
        wrong |= error.error_dict
    if "pair_set" not in wrong:
        catch = study.catch_pair_set if study.n_catch else None
        in_order = sorted(further, key=lambda pair_set: pair_set.strength)
        reasons = wrong_pair_sets(
            study.pair_set,
            in_order,
            compares_attacks=study.compares_attacks,
            n_perturbed=study.n_perturbed,
            catch=catch,
            adapts_strength=study.adapts_strength,
            control=study.control_pair_set,
        )
        for name, reason in reasons.items():
            wrong.setdefault(name, [ValidationError(reason)])
    return wrong


def require_right(wrong: Mapping[str, Sequence[ValidationError]]) -> None:
    """Refuse options of which something is wrong, as `wrong_options` tells it.

    Raises
    ------
    ValidationError
        By field, with what to change.
    """
    if wrong:
        raise ValidationError({name: list(errors) for name, errors in wrong.items()})

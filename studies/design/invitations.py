"""Inviting observers: each gets a label and a link of their own."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from studies import audit
from studies.design.trial_sequences import assign_trial_sequences
from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.study import Study
from studies.models.study_state import INVITE, RUNNING, why_impossible
from studies.models.texts.groups import LONGEST_GROUP

MOST_AT_ONCE = 200
"""In one transaction, for which whoever else writes waits: a third of a second, on a small machine."""


def invite_observers(
    *,
    study: Study,
    labels: Sequence[str],
    by: User,
    groups: Sequence[str] | None = None,
    deadline: dt.datetime | None = None,
    simulated: bool = False,
    model: Mapping[str, float] | None = None,
) -> list[Observer]:
    """Invite one observer for each label; where the study is open, draw their order of trials.

    Parameters
    ----------
    groups
        Of each, one of the study's groups, or empty where it is not known yet; None: of nobody.
    deadline
        After which none of them can begin; None: as long as the study is open.
    simulated
        They are simulated observers.
    model
        What these are like, to be written down with the invitation.

    Raises
    ------
    StudyError
        The study is over, a label is empty, too long, there twice, or taken, a group is none of the study's, or the
        deadline is over.

    Notes
    -----
    Groups are compared without regard to case and spaces, as people write them.
    """
    cleaned = [" ".join(label.split()) for label in labels]
    with transaction.atomic():
        study = Study.with_pilots.select_for_update().get(pk=study.pk)
        if why := why_impossible(INVITE, title=study.title, state=study.state):
            raise StudyError(why)
        check_deadline(deadline)
        _check_labels(study, cleaned)
        given = groups or [""] * len(cleaned)
        if not simulated and any(given):
            require_groups_by_hand(study)
        named = [named_group(study, group) for group in given]
        observers = [
            Observer.objects.create(study=study, label=label, group=group, deadline=deadline, is_simulated=simulated)
            for label, group in zip(cleaned, named, strict=True)
        ]
        if study.state in RUNNING:
            assign_trial_sequences(study=study, observers=observers)
        audit.record(
            study=study,
            action=AuditEvent.Action.INVITED,
            by=by,
            details={"observers": cleaned, "simulated": simulated}
            | ({"groups": named} if any(named) else {})
            | ({"deadline": deadline.isoformat()} if deadline else {})
            | ({"model": dict(model)} if model else {}),
        )
    return observers


def check_deadline(deadline: dt.datetime | None) -> None:
    """Refuse a deadline that is over.

    Raises
    ------
    StudyError
        It lies in the past.
    """
    if deadline is not None and deadline <= timezone.now():
        raise StudyError(gettext("The deadline lies in the past: nobody could begin."))


def require_groups_by_hand(study: Study) -> None:
    """Refuse a study whose observers say themselves to which group they belong.

    Raises
    ------
    StudyError
        They do, in the questionnaire.
    """
    if study.tells_groups_by_question:
        raise StudyError(
            gettext("Observers say themselves to which group they belong, by their answer to “%(question)s”.")
            % {"question": study.group_question}
        )


def named_group(study: Study, given: str) -> str:
    """Return the study's group that somebody means, as the study writes it; nothing where nothing is given.

    Raises
    ------
    StudyError
        The study has no groups, or none of this name.
    """
    wanted = " ".join(given.split())
    if not wanted:
        return ""
    names = study.group_names
    if not names:
        raise StudyError(gettext("The study has no groups of observers."))
    for name in names:
        if name.casefold() == wanted.casefold():
            return name
    raise StudyError(
        gettext("The study has no group “%(group)s”; its groups are: %(groups)s.")
        % {"group": wanted[:LONGEST_GROUP], "groups": ", ".join(names)}
    )


def next_labels(study: Study, count: int) -> list[str]:
    """Return labels “Observer 1”, “Observer 2”, … that are not taken yet."""
    taken = set(study.observers.values_list("label", flat=True))
    labels: list[str] = []
    number = 1
    while len(labels) < count:
        label = f"Observer {number}"
        if label not in taken:
            labels.append(label)
        number += 1
    return labels


def invitation_url(observer: Observer, base_url: str | None = None) -> str:
    """Return the full address of the observer's link."""
    return (base_url or settings.BASE_URL) + reverse("observer:welcome", args=[observer.token])


def _check_labels(study: Study, labels: Sequence[str]) -> None:
    if not labels:
        raise StudyError(gettext("Give at least one observer."))
    if len(labels) > MOST_AT_ONCE:
        raise StudyError(
            gettext("At most %(most_at_once)s observers can be invited at once; %(n)s were given.")
            % {"most_at_once": MOST_AT_ONCE, "n": len(labels)}
        )
    longest = Observer._meta.get_field("label").max_length or 0
    for label in labels:
        if not label:
            raise StudyError(gettext("An observer's label is empty."))
        if len(label) > longest:
            raise StudyError(
                gettext("The label “%(label)s…” is longer than %(longest)s characters.")
                % {"label": label[:20], "longest": longest}
            )
    twice = sorted({label for label in labels if labels.count(label) > 1})
    taken = sorted(study.observers.filter(label__in=labels).values_list("label", flat=True))
    if twice or taken:
        raise StudyError(
            gettext("Each observer needs a label of their own; already there: %(listed)s.")
            % {"listed": ", ".join(twice or taken)}
        )

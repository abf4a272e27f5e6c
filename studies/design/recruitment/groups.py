"""Which group an observer belongs to, said by hand: it can be changed as long as the person has not begun."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.utils.translation import gettext

from perception.core.write_queue import write_transaction
from studies import audit
from studies.design.invitations import named_group, require_groups_by_hand
from studies.design.trial_sequences import assign_trial_sequences
from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.observer import Observer
from studies.models.session import Session
from studies.models.study import Study
from studies.models.study_state import INVITE, RUNNING, why_impossible

MOST_NAMED = 5
"""Of observers, or links, that do not fit so many are named."""


def change_group(*, study: Study, labels: Sequence[str], group: str, by: User) -> list[Observer]:
    """Put observers into another group; where the study is open, their order of trials is drawn anew in it.

    Parameters
    ----------
    labels
        Whom. Who is in the group already stays as they are.
    group
        One of the study's groups; empty for none yet.

    Returns
    -------
    list of Observer
        Those whose group was changed.

    Raises
    ------
    StudyError
        The study is over, has no such group, or is told groups by a question; a label is nobody's, or somebody has
        begun or came by an open link: whoever had seen how somebody answers could choose the group by it.
    """
    with write_transaction():
        study = Study.with_pilots.select_for_update().get(pk=study.pk)
        if why := why_impossible(INVITE, title=study.title, state=study.state):
            raise StudyError(why)
        require_groups_by_hand(study)
        name = named_group(study, group)
        observers = [_waiting(study, label) for label in dict.fromkeys(" ".join(label.split()) for label in labels)]
        moved = [observer for observer in observers if observer.group != name]
        before = {observer.label: observer.group for observer in moved}
        for observer in moved:
            observer.group, observer.plan = name, None
            observer.save(update_fields=["group", "plan"])
        if moved and study.state in RUNNING:
            assign_trial_sequences(study=study, observers=moved)
        if moved:
            details: dict[str, object] = {"group": name, "before": before}
            audit.record(study=study, action=AuditEvent.Action.GROUP_CHANGED, by=by, details=details)
    return moved


def _waiting(study: Study, label: str) -> Observer:
    """Return the observer of a label, who has not begun.

    Raises
    ------
    StudyError
        There is none of this label, or their group is fixed.
    """
    observer = Observer.objects.filter(study=study, label=label).first()
    if observer is None:
        raise StudyError(gettext("Nobody in this study has the label “%(label)s”.") % {"label": label[:60]})
    if observer.open_link_id is not None or Session.objects.filter(observer=observer).exists():
        raise StudyError(
            gettext("%(label)s has begun: a group can be changed only before that.") % {"label": observer.label}
        )
    return observer


def why_groups_do_not_fit(study: Study) -> str:
    """Say which observers and open links belong to a group that the study has not; nothing where all of them fit.

    Groups of a draft may be changed after somebody was invited, or a link made.
    """
    names = study.groups_by_hand
    strangers = Observer.objects.filter(study=study, is_simulated=False).exclude(group__in=("", *names))
    if labels := list(strangers.order_by("pk").values_list("label", flat=True)[:MOST_NAMED]):
        return gettext("In no group of the study any more: %(labels)s.") % {"labels": ", ".join(labels)}
    fitting = study.group_names if study.tells_groups_by_question else names or ("",)
    unfit = study.open_links.filter(revoked_at__isnull=True).exclude(places__group__in=fitting)
    if links := list(unfit.order_by("pk").values_list("name", flat=True)[:MOST_NAMED]):
        return gettext("Open links whose places are of no group of the study: %(links)s.") % {"links": ", ".join(links)}
    return ""

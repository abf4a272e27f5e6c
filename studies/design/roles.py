"""Who works on a study: giving and taking roles, and handing it over."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from studies import audit
from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.study import Study
from studies.models.study_role import StudyRole


def give_role(*, study: Study, user: User, role: StudyRole.Role, by: User) -> StudyRole:
    """Give somebody a role, in the place of the one that they had.

    Raises
    ------
    StudyError
        They own the study, or their account is deactivated; or `by` may not.
    """
    with transaction.atomic():
        study = Study.objects.select_for_update().get(pk=study.pk)
        _require_account(user)
        if study.owner_id == user.pk:
            raise StudyError(
                gettext("%(user)s owns the study and may do everything with it.") % {"user": user.get_username()}
            )
        details = {"user": user.get_username(), "role": StudyRole.Role(role).value}
        audit.record(study=study, action=AuditEvent.Action.ROLE_GIVEN, by=by, details=details)
        given, _ = StudyRole.objects.update_or_create(study=study, user=user, defaults={"role": role})
    return given


def take_role(*, study: Study, user: User, by: User) -> None:
    """Take somebody's role away; whoever has none is left as they are.

    Raises
    ------
    StudyError
        `by` may not.
    """
    with transaction.atomic():
        given = StudyRole.objects.filter(study=study, user=user).first()
        if given is None:
            return
        details = {"user": user.get_username(), "role": given.role}
        audit.record(study=study, action=AuditEvent.Action.ROLE_TAKEN, by=by, details=details)
        given.delete()


def hand_over(*, study: Study, to: User, by: User) -> Study:
    """Make somebody else the owner; the one before stays, as a collaborator.

    Raises
    ------
    StudyError
        They own it already, or their account is deactivated; or `by` may not.
    """
    with transaction.atomic():
        study = Study.objects.select_for_update().get(pk=study.pk)
        _require_account(to)
        if study.owner_id == to.pk:
            raise StudyError(gettext("%(user)s owns the study already.") % {"user": to.get_username()})
        before = study.owner
        details = {"from": before.get_username(), "to": to.get_username()}
        audit.record(study=study, action=AuditEvent.Action.HANDED_OVER, by=by, details=details)
        StudyRole.objects.filter(study=study, user=to).delete()
        StudyRole.objects.create(study=study, user=before, role=StudyRole.Role.COLLABORATOR)
        study.owner = to
        study.save(update_fields=["owner"])
    return study


def people_of(study: Study) -> list[StudyRole]:
    """Return the roles that were given in a study, in the order in which they were."""
    return list(StudyRole.objects.filter(study=study).select_related("user"))


def _require_account(user: User) -> None:
    if not user.is_active:
        raise StudyError(gettext("The account %(user)s is deactivated.") % {"user": user.get_username()})

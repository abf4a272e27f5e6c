"""Who may do what with a study: one list of permissions, one table from roles to them.

Views ask before they show a page or a button; `studies.audit` asks whenever a deed is written down, so that no deed is
done, by a page or a command, by somebody who may not.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from types import MappingProxyType

from django.contrib.auth.models import AnonymousUser, User
from django.utils.translation import gettext, gettext_noop

from studies.errors import StudyError
from studies.models.audit_event import AuditEvent
from studies.models.study import Study
from studies.models.study_role import StudyRole


class Permission(Enum):
    """Something that may be done with a study; the value completes “may not …”."""

    SEE = gettext_noop("see this study")
    INVITE = gettext_noop("invite observers or see their links")
    CHANGE = gettext_noop("change its design")
    PREVIEW = gettext_noop("preview what observers see")
    RUN = gettext_noop("open it, close it, or change its state")
    SEE_RESULTS = gettext_noop("see its results or what observers told of themselves")
    UNBLIND = gettext_noop("look at results while it is open")
    EXPORT = gettext_noop("take answers or figures away")
    PROTECT = gettext_noop("see, take away or erase what is stored of a person in it")
    DELETE = gettext_noop("delete it")
    GIVE_ROLES = gettext_noop("give roles in it or hand it over")


class Role(Enum):
    """What somebody is to a study; the value is its name on pages."""

    OWNER = gettext_noop("owner")
    COLLABORATOR = gettext_noop("collaborator")
    MONITOR = gettext_noop("monitor")
    ADMINISTRATOR = gettext_noop("administrator")


EVERYTHING = frozenset(Permission)
PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.OWNER: EVERYTHING,
        Role.COLLABORATOR: EVERYTHING - {Permission.DELETE, Permission.GIVE_ROLES},
        # How far it is, and who was invited: no link, by which one could answer, and nothing that anybody said.
        Role.MONITOR: frozenset({Permission.SEE}),
        Role.ADMINISTRATOR: EVERYTHING,
    }
)


PERMISSION_OF_ACTION: Mapping[AuditEvent.Action, Permission] = MappingProxyType(
    {
        AuditEvent.Action.CREATED: Permission.CHANGE,
        AuditEvent.Action.CHANGED: Permission.CHANGE,
        AuditEvent.Action.INVITED: Permission.INVITE,
        AuditEvent.Action.LINKS_TAKEN: Permission.INVITE,
        AuditEvent.Action.LINKS_REVOKED: Permission.INVITE,
        AuditEvent.Action.LINKS_REPLACED: Permission.INVITE,
        AuditEvent.Action.DEADLINE_SET: Permission.INVITE,
        AuditEvent.Action.REMINDED: Permission.INVITE,
        AuditEvent.Action.OPEN_LINK_MADE: Permission.INVITE,
        AuditEvent.Action.OPEN_LINK_CHANGED: Permission.INVITE,
        AuditEvent.Action.OPEN_LINK_REVOKED: Permission.INVITE,
        AuditEvent.Action.GROUP_CHANGED: Permission.INVITE,
        AuditEvent.Action.REJECTED: Permission.RUN,
        AuditEvent.Action.RETURNED: Permission.RUN,
        AuditEvent.Action.IDS_DELETED: Permission.PROTECT,
        AuditEvent.Action.PILOTED: Permission.RUN,
        AuditEvent.Action.PILOT_ENDED: Permission.RUN,
        AuditEvent.Action.OPENED: Permission.RUN,
        AuditEvent.Action.PAUSED: Permission.RUN,
        AuditEvent.Action.RESUMED: Permission.RUN,
        AuditEvent.Action.CLOSED: Permission.RUN,
        AuditEvent.Action.REOPENED: Permission.RUN,
        AuditEvent.Action.ARCHIVED: Permission.RUN,
        AuditEvent.Action.RESTORED: Permission.RUN,
        AuditEvent.Action.RESULTS_SEEN: Permission.SEE_RESULTS,
        AuditEvent.Action.UNBLINDED: Permission.UNBLIND,
        AuditEvent.Action.ROLE_GIVEN: Permission.GIVE_ROLES,
        AuditEvent.Action.ROLE_TAKEN: Permission.GIVE_ROLES,
        AuditEvent.Action.HANDED_OVER: Permission.GIVE_ROLES,
        AuditEvent.Action.EXPORTED: Permission.EXPORT,
        AuditEvent.Action.UNFIT: Permission.SEE,
        AuditEvent.Action.PERSON_EXPORTED: Permission.PROTECT,
        AuditEvent.Action.ERASED: Permission.PROTECT,
        AuditEvent.Action.WITHDREW_LATER: Permission.PROTECT,
        AuditEvent.Action.EXPIRED: Permission.PROTECT,
        AuditEvent.Action.DELETED: Permission.DELETE,
    }
)
"""What each deed takes, by the name under which it is written down."""


class NotPermittedError(StudyError):
    """Somebody's role does not reach so far."""


def role_of(user: User | AnonymousUser, study: Study) -> Role | None:
    """Return what somebody is to a study (one query, at most); None for an outsider, and whose account is closed."""
    if isinstance(user, AnonymousUser) or not user.is_active:
        return None
    if study.owner_id == user.pk:
        return Role.OWNER
    if user.is_superuser:
        return Role.ADMINISTRATOR
    given = StudyRole.objects.filter(study=study, user=user).values_list("role", flat=True).first()
    return Role(given) if given else None


def roles_in(user: User, studies: Sequence[Study]) -> dict[int, Role]:
    """Return what somebody is to each of several studies, by its number; outsiders are left out (one query)."""
    given = StudyRole.objects.filter(study__in=studies, user=user).values_list("study", "role")
    roles = {study: Role(role) for study, role in given}
    if user.is_superuser:
        roles = {study.pk: Role.ADMINISTRATOR for study in studies}
    return roles | {study.pk: Role.OWNER for study in studies if study.owner_id == user.pk}


def permissions_of(user: User | AnonymousUser, study: Study) -> frozenset[Permission]:
    """Return what somebody may do with a study."""
    role = role_of(user, study)
    return frozenset() if role is None else PERMISSIONS[role]


def require(user: User, study: Study, permission: Permission) -> None:
    """Refuse what somebody may not do.

    Raises
    ------
    NotPermittedError
        With what their role does not allow.
    """
    if permission in permissions_of(user, study):
        return
    role = role_of(user, study)
    said = {"study": study.title, "user": user.get_username(), "deed": gettext(permission.value)}
    if role is None:
        raise NotPermittedError(gettext("“%(study)s”: %(user)s, who has no role in it, may not %(deed)s.") % said)
    said["role"] = gettext(role.value)
    raise NotPermittedError(gettext("“%(study)s”: %(user)s, who is its %(role)s, may not %(deed)s.") % said)

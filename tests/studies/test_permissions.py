"""Who may do what with a study, whatever page or command asks."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from hypothesis import given
from hypothesis import strategies as st

from studies import audit
from studies.models import AuditEvent, Study, StudyRole
from studies.permissions import (
    PERMISSION_OF_ACTION,
    PERMISSIONS,
    NotPermittedError,
    Permission,
    Role,
    permissions_of,
    role_of,
)
from studies.researcher.access import PERMISSION_OF_PAGE
from tests.studies.factories import make_researcher, make_study

ONLY_OWNERS = {Permission.DELETE, Permission.GIVE_ROLES}


def in_role(study: Study, role: Role | None) -> User:
    """Return somebody who is that to the study."""
    if role is Role.OWNER:
        return study.owner
    user = make_researcher(superuser=role is Role.ADMINISTRATOR)
    if role in {Role.COLLABORATOR, Role.MONITOR}:
        StudyRole.objects.create(study=study, user=user, role=role.value)
    return user


@given(st.sampled_from(Role), st.sampled_from(Permission))
def test_a_wider_role_may_whatever_a_narrower_one_may(role: Role, permission: Permission) -> None:
    ranks = [Role.MONITOR, Role.COLLABORATOR, Role.OWNER, Role.ADMINISTRATOR]
    if permission in PERMISSIONS[role]:
        assert all(permission in PERMISSIONS[wider] for wider in ranks[ranks.index(role) :])


def test_the_table_says_what_the_roles_are_for() -> None:
    assert PERMISSIONS[Role.OWNER] == PERMISSIONS[Role.ADMINISTRATOR] == set(Permission)
    assert set(Permission) - PERMISSIONS[Role.COLLABORATOR] == ONLY_OWNERS
    assert PERMISSIONS[Role.MONITOR] == {Permission.SEE}


def test_every_deed_takes_a_permission() -> None:
    assert PERMISSION_OF_ACTION.keys() == set(AuditEvent.Action)


def test_every_permission_is_asked_for_somewhere() -> None:
    assert set(PERMISSION_OF_PAGE.values()) | set(PERMISSION_OF_ACTION.values()) == set(Permission)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, None])
def test_a_deed_is_written_down_for_those_alone_who_may_do_it(role: Role | None) -> None:
    study = make_study()
    user = in_role(study, role)
    assert role_of(user, study) is role
    before = AuditEvent.objects.count()
    for action, permission in PERMISSION_OF_ACTION.items():
        if role is not None and permission in PERMISSIONS[role]:
            audit.record(study=study, action=action, by=user)
            before += 1
        else:
            with pytest.raises(NotPermittedError, match=f"may not {permission.value}"):
                audit.record(study=study, action=action, by=user)
    assert AuditEvent.objects.count() == before


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, None])
def test_studies_are_seen_by_whoever_has_a_role_once_each(role: Role | None) -> None:
    study = make_study()
    for other in (Role.MONITOR, Role.COLLABORATOR):
        in_role(study, other)
    make_study()
    seen = Study.objects.visible_to(in_role(study, role)).filter(pk=study.pk)
    assert list(seen) == ([] if role is None else [study])


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_a_closed_account_and_a_visitor_may_nothing(role: Role) -> None:
    study = make_study()
    user = in_role(study, role)
    user.is_active = False
    assert permissions_of(user, study) == permissions_of(AnonymousUser(), study) == frozenset()

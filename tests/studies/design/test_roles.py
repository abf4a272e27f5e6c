"""Giving and taking roles, and handing a study over: by services, on the study's page, by a command."""

from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from studies.design.lifecycle import close_study, delete_study
from studies.design.roles import give_role, hand_over, take_role
from studies.errors import StudyError
from studies.models import AuditEvent, Study, StudyRole
from studies.permissions import NotPermittedError, Role, role_of
from tests.studies.factories import make_open_study, make_researcher, make_study

pytestmark = pytest.mark.django_db
COLLABORATOR, MONITOR = StudyRole.Role.COLLABORATOR, StudyRole.Role.MONITOR


@pytest.fixture
def study() -> Study:
    return make_study()


@pytest.fixture
def ben() -> User:
    return make_researcher()


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def actions(study: Study) -> list[tuple[str, str]]:
    return list(AuditEvent.objects.filter(study_uid=study.uid).values_list("action", "by"))[1:]


def test_a_role_is_given_changed_and_taken(study: Study, ben: User) -> None:
    for role in (MONITOR, COLLABORATOR):
        give_role(study=study, user=ben, role=role, by=study.owner)
        assert role_of(ben, study) is Role(role)
    take_role(study=study, user=ben, by=study.owner)
    take_role(study=study, user=ben, by=study.owner)
    assert role_of(ben, study) is None
    owner = study.owner.username
    assert actions(study) == [("role_given", owner), ("role_given", owner), ("role_taken", owner)]


def test_a_study_is_handed_over_and_who_had_it_collaborates(study: Study, ben: User) -> None:
    before = study.owner
    give_role(study=study, user=ben, role=MONITOR, by=before)
    study = hand_over(study=study, to=ben, by=before)
    assert (role_of(ben, study), role_of(before, study)) == (Role.OWNER, Role.COLLABORATOR)
    assert StudyRole.objects.count() == 1
    with pytest.raises(NotPermittedError):
        hand_over(study=study, to=before, by=before)
    with pytest.raises(StudyError, match="owns the study already"):
        hand_over(study=study, to=ben, by=ben)


@pytest.mark.parametrize("role", [COLLABORATOR, MONITOR])
def test_nobody_widens_their_own_role(study: Study, ben: User, role: StudyRole.Role) -> None:
    give_role(study=study, user=ben, role=role, by=study.owner)
    for act in (
        lambda: give_role(study=study, user=ben, role=COLLABORATOR, by=ben),
        lambda: take_role(study=study, user=ben, by=ben),
        lambda: hand_over(study=study, to=ben, by=ben),
        lambda: delete_study(study=study, by=ben),
    ):
        with pytest.raises(NotPermittedError):
            act()
    study.refresh_from_db()
    assert role_of(ben, study) is Role(role)


def test_the_owner_and_a_closed_account_get_no_role(study: Study, ben: User) -> None:
    with pytest.raises(StudyError, match="owns the study"):
        give_role(study=study, user=study.owner, role=MONITOR, by=study.owner)
    ben.is_active = False
    ben.save()
    for act in (
        lambda: give_role(study=study, user=ben, role=MONITOR, by=study.owner),
        lambda: hand_over(study=study, to=ben, by=study.owner),
    ):
        with pytest.raises(StudyError, match="deactivated"):
            act()


def test_on_the_page(study: Study, ben: User) -> None:
    browser, page = browser_of(study.owner), f"/studies/{study.pk}/"
    browser.post(f"{page}roles/give/", {"role-user": ben.pk, "role-role": "monitor"})
    assert role_of(ben, study) is Role.MONITOR
    text = browser.get(page).content.decode()
    assert f"the role of {ben.username}" in text
    browser.post(f"{page}roles/take/", {"given": StudyRole.objects.get().pk})
    assert role_of(ben, study) is None
    for nonsense in ("", "0", "x"):
        assert browser.post(f"{page}roles/take/", {"given": nonsense}).status_code == 302
        wrong = browser.post(f"{page}roles/give/", {"role-user": nonsense, "role-role": "owner"}, follow=True)
        assert "Nothing was changed" in wrong.content.decode()
    browser.post(f"{page}roles/hand-over/", {"owner-user": ben.pk})
    study.refresh_from_db()
    assert study.owner == ben
    assert "the role of" not in browser.get(page).content.decode()


def test_a_role_of_another_study_is_not_taken(study: Study, ben: User) -> None:
    other = make_study()
    given = give_role(study=other, user=ben, role=MONITOR, by=other.owner)
    browser_of(study.owner).post(f"/studies/{study.pk}/roles/take/", {"given": given.pk})
    assert role_of(ben, other) is Role.MONITOR


def test_by_a_command(study: Study, ben: User) -> None:
    owner = study.owner

    def run(*arguments: str, by: User = owner) -> str:
        call_command("study_roles", str(study.pk), *arguments, by=by.username, stdout=(out := StringIO()))
        return out.getvalue()

    assert run("--give", ben.username, "--role", "monitor") == f"{owner.username}: owner\n{ben.username}: monitor\n"
    with pytest.raises(CommandError, match="who is its monitor, may not give roles"):
        run("--give", ben.username, by=ben)
    assert run("--take", ben.username) == f"{owner.username}: owner\n"
    assert run("--hand-over", ben.username) == f"{ben.username}: owner\n{owner.username}: collaborator\n"


def test_a_command_does_nothing_for_who_may_not(ben: User) -> None:
    study = make_open_study()
    give_role(study=study, user=ben, role=MONITOR, by=study.owner)
    for command in ("close_study", "study_report", "export_answers", "export_observers", "invite_observers"):
        more = ["Observer 9"] if command == "invite_observers" else []
        options = {"pdf": "/nonexistent/report.pdf"} if command == "study_report" else {}
        with pytest.raises(CommandError):
            call_command(command, str(study.pk), *more, by=ben.username, stdout=StringIO(), **options)
    study.refresh_from_db()
    assert study.state == Study.State.OPEN
    assert study.observers.count() == 1
    give_role(study=study, user=ben, role=COLLABORATOR, by=study.owner)
    assert close_study(study=study, by=ben).state == Study.State.CLOSED

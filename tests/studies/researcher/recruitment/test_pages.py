"""The page on which observers are found: links are made, changed and revoked, and sessions marked."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from studies.design.lifecycle import close_study
from studies.design.roles import give_role
from studies.models import Observer, OpenLink, Study, StudyRole
from studies.models.observer_state import ObserverState, state_of
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
    make_researcher,
    make_study,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(owner: User) -> Study:
    return make_open_study(observers=0, owner=owner, closes_when_finished=False)


def filled(**fields: object) -> dict[str, object]:
    return {"name": "Prolific UK", "places": 3, "recruiter": "prolific", "completion_code": "DONE", **fields}


def page_of(study: Study) -> str:
    return reverse("studies:study-recruitment", args=[study.pk])


def test_a_link_is_made_and_its_address_shown_as_the_recruiter_wants_it(browser: Client, study: Study) -> None:
    reply = browser.post(reverse("studies:study-open-link-make", args=[study.pk]), filled(), follow=True)
    link = OpenLink.objects.get()
    assert link.places.count() == 3
    page = reply.content.decode()
    assert f"/r/{link.token}/?PROLIFIC_PID={{{{%PROLIFIC_PID%}}}}&amp;STUDY_ID=" in page
    assert "0 of 3 places taken" in page
    assert browser.get(reverse("studies:study-detail", args=[study.pk])).content.decode().count(page_of(study)) == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"places": 0}, "greater than or equal to 1"),
        ({"completion_url": "http://x.example"}, "begins with https://"),
        ({"recruiter": "own"}, "which parameter"),
        ({"deadline": "whenever"}, "valid date/time"),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_and_what_was_given_is_kept(
    browser: Client, study: Study, fields: dict[str, object], said: str
) -> None:
    reply = browser.post(reverse("studies:study-open-link-make", args=[study.pk]), filled(**fields))
    assert reply.status_code == 422
    page = reply.content.decode()
    assert said in page
    assert 'value="DONE"' in page
    assert not OpenLink.objects.exists()


def test_a_link_is_changed_and_keeps_whom_it_has(browser: Client, study: Study) -> None:
    link = make_open_link(study, places=2, recruiter="prolific", name="Before")
    arrive_by(link, "1")
    address = reverse("studies:study-open-link", args=[study.pk, link.pk])
    assert 'value="2"' in browser.get(address).content.decode()
    reply = browser.post(address, filled(name="After", places=4), follow=True)
    link.refresh_from_db()
    assert (link.name, link.completion_code, link.places.count()) == ("After", "DONE", 4)
    assert "1 of 4 places taken" in reply.content.decode()
    assert browser.post(address, filled(name="After", places=0)).status_code == 422


def test_a_revoked_link_shows_no_address_any_more(browser: Client, study: Study) -> None:
    link = make_open_link(study)
    reply = browser.post(reverse("studies:study-open-link-revoke", args=[study.pk, link.pk]), follow=True)
    page = reply.content.decode()
    assert "revoked" in page
    assert link.token not in page


def test_the_form_for_marking_is_there_until_results_can_be_known(browser: Client, study: Study) -> None:
    address = reverse("studies:study-sessions-mark", args=[study.pk])
    assert address in browser.get(page_of(study)).content.decode()
    close_study(study=study, by=study.owner)
    assert address not in browser.get(page_of(study)).content.decode()


def test_sessions_are_marked_by_label_and_the_rest_is_told(browser: Client, study: Study) -> None:
    observer = arrive_by(make_open_link(study, recruiter="sona"), "77")
    answer_trials(begin_trials(observer))
    address = reverse("studies:study-sessions-mark", args=[study.pk])
    reply = browser.post(address, {"people": "77\n\nnobody", "what": "inattentive"}, follow=True)
    page = reply.content.decode()
    assert "1 session is marked" in page
    assert "label or id: nobody." in page
    marked = Observer.objects.select_related("session").get(pk=observer.pk)
    assert state_of(marked) == ObserverState.REJECTED
    assert browser.post(address, {"people": "", "what": "inattentive"}).status_code == 422


def test_the_recruiters_id_is_on_no_page_of_the_researcher(browser: Client, study: Study) -> None:
    observer = arrive_by(make_open_link(study, recruiter="sona"), "only-here-77")
    answer_trials(begin_trials(observer))
    for name in ("study-recruitment", "study-detail", "study-report", "study-observers", "study-data-protection"):
        assert "only-here-77" not in browser.get(reverse(f"studies:{name}", args=[study.pk])).content.decode()


def test_a_link_of_another_study_is_not_found(browser: Client, study: Study, owner: User) -> None:
    link = make_open_link(make_open_study(observers=0, owner=owner))
    assert browser.get(reverse("studies:study-open-link", args=[study.pk, link.pk])).status_code == 404
    assert browser.post(reverse("studies:study-open-link-revoke", args=[study.pk, link.pk])).status_code == 404


def test_groups_are_said_with_the_invitation_and_changed_on_the_page(browser: Client) -> None:
    study = make_study(owner=User.objects.get(), groups="dermatologists\ngeneral practitioners")
    invited = browser.post(
        reverse("studies:study-invite", args=[study.pk]), {"labels": "A\nB", "group": "dermatologists"}
    )
    assert invited.status_code == 302
    address = reverse("studies:study-groups-change", args=[study.pk])
    assert browser.post(address, {"labels": "nobody", "group": "dermatologists"}).status_code == 422
    assert browser.post(address, {"labels": "A", "group": "general practitioners"}).status_code == 302
    page = browser.get(reverse("studies:study-detail", args=[study.pk]), {"group": "dermatologists"}).text
    assert "dermatologists: 0 of 1 finished" in page
    rows = page[page.index("<tbody>") : page.index("</tbody>")]
    assert ">B<" in rows.replace("\n", "")
    assert "general practitioners" not in rows


def test_earlier_studies_that_a_colleague_does_not_see_are_still_turned_away(study: Study) -> None:
    hidden = make_open_study(observers=0, owner=study.owner, title="Theirs")
    colleague = make_researcher()
    seen = make_open_study(observers=0, owner=colleague, title="Mine")
    for one in (hidden, seen):
        make_open_link(one)
    link = make_open_link(study, recruiter="prolific", earlier_studies=[hidden])
    give_role(study=study, user=colleague, role=StudyRole.Role.COLLABORATOR, by=study.owner)
    browser = Client()
    browser.force_login(colleague)
    address = reverse("studies:study-open-link", args=[study.pk, link.pk])
    assert "Theirs" not in browser.get(address).content.decode()
    browser.post(address, filled(earlier_studies=[seen.pk]))
    assert set(link.earlier_studies.all()) == {hidden, seen}
    browser.post(address, filled())
    assert set(link.earlier_studies.all()) == {hidden}

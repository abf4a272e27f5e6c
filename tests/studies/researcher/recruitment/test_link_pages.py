"""The pages of personal links: listed, printed as QR codes, downloaded, changed for some; and lists of invitations."""

import csv
import io
import re

import numpy as np
import pytest
import zxingcpp
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw

from studies.design.invitations import invite_observers
from studies.models import AuditEvent, Observer, Study
from studies.models.observer_state import ObserverState, state_of
from studies.models.study_role import StudyRole
from studies.researcher.recruitment.qr_code import qr_code
from tests.studies.factories import (
    answer_trials,
    arrive_by,
    begin_trials,
    make_open_link,
    make_open_study,
    make_researcher,
)

pytestmark = pytest.mark.django_db

PIXELS_A_MODULE = 6


@pytest.fixture
def study(owner: User) -> Study:
    return make_open_study(observers=3, owner=owner, closes_when_finished=False)


def url(name: str, study: Study, *more: object) -> str:
    return reverse(f"studies:{name}", args=[study.pk, *more])


def people(study: Study) -> list[Observer]:
    return list(Observer.objects.filter(study=study).select_related("session").order_by("pk"))


def drawn(svg: str) -> Image.Image:
    """Return the picture of a QR code whose path has a horizontal stroke for each run of dark modules."""
    side = int(re.search(r'viewBox="0 0 (\d+) \1"', svg)[1])  # type: ignore[index]
    picture = Image.new("L", (side * PIXELS_A_MODULE,) * 2, 255)
    brush = ImageDraw.Draw(picture)
    path = re.findall(r' d="([^"]+)"', svg)[-1]
    x = y = 0.0
    for command, numbers in re.findall(r"([MmhH])([^MmhH]*)", path):
        values = [float(number) for number in re.findall(r"-?\.?\d+(?:\.\d+)?", numbers)]
        if command == "M":
            x, y = values
        elif command == "m":
            x, y = x + values[0], y + values[1]
        elif command == "h":
            top = (y - 0.5) * PIXELS_A_MODULE
            brush.rectangle(
                (x * PIXELS_A_MODULE, top, (x + values[0]) * PIXELS_A_MODULE - 1, top + PIXELS_A_MODULE - 1), fill=0
            )
            x += values[0]
    return picture


def read_code(svg: str) -> str:
    [code] = zxingcpp.read_barcodes(np.asarray(drawn(svg)))
    return str(code.text)


def test_a_camera_reads_each_persons_very_link_from_the_sheet(browser: Client, study: Study) -> None:
    reply = browser.get(url("study-links-sheet", study))
    page = reply.content.decode()
    codes = [read_code(svg) for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]
    assert codes == [f"http://testserver/o/{one.token}/" for one in people(study)]
    assert all(one.label in page for one in people(study))
    assert "no-store" in reply["Cache-Control"]
    assert AuditEvent.objects.get(action="links_taken").details == {"what": "sheet", "links": 3}


@pytest.mark.parametrize("address", ["https://a.example/o/" + "x" * 22 + "/", "http://127.0.0.1:8000/r/abc/?A=1&B=é"])
def test_a_code_holds_its_address_whatever_it_is(address: str) -> None:
    assert read_code(str(qr_code(address))) == address


def test_the_file_has_the_links_of_those_who_have_not_finished(browser: Client, study: Study) -> None:
    done, begun, invited = people(study)
    answer_trials(begin_trials(done))
    begin_trials(begun)
    reply = browser.get(url("study-links-csv", study))
    assert "attachment" in reply["Content-Disposition"]
    assert "no-store" in reply["Cache-Control"]
    rows = list(csv.DictReader(io.StringIO(reply.content.decode())))
    assert [(row["label"], row["state"], row["link"]) for row in rows] == [
        (begun.label, "started", f"http://testserver/o/{begun.token}/"),
        (invited.label, "invited", f"http://testserver/o/{invited.token}/"),
    ]
    event = AuditEvent.objects.get(action="links_taken")
    assert event.details == {"what": "links.csv", "links": 2}


@pytest.mark.parametrize("page", ["study-links-csv", "study-links-sheet"])
def test_with_some_selected_only_theirs_are_taken_and_with_none_nothing(
    browser: Client, study: Study, page: str
) -> None:
    first, second, _ = people(study)
    taken = browser.get(url(page, study), {"some": "yes", "selected": str(second.pk)}).content.decode()
    assert second.token in taken
    assert first.token not in taken
    reply = browser.get(url(page, study), {"some": "yes"}, follow=True)
    assert "check the box" in reply.content.decode()
    assert AuditEvent.objects.filter(action="links_taken").count() == 1


@pytest.mark.parametrize(
    ("change", "button"), [("revoke", "Revoke"), ("replace", "New links"), ("deadline", "Set the deadline")]
)
def test_a_change_is_asked_for_first_and_then_made(browser: Client, study: Study, change: str, button: str) -> None:
    first, second, third = people(study)
    begin_trials(third)
    page = url("study-links-change", study, change)
    meant: dict[str, str | list[int]] = {"some": "yes", "selected": [first.pk, third.pk]}
    question = browser.get(page, meant).content.decode()
    assert button in question
    assert first.label in question
    assert second.label not in question
    assert [one.token for one in people(study)] == [first.token, second.token, third.token]
    sent = meant | {"confirmed": "2", "deadline": "2099-01-01T12:00"}
    reply = browser.post(page, sent, follow=True).content.decode()
    now = people(study)
    if change == "revoke":
        assert [state_of(one) for one in now] == [ObserverState.REVOKED, ObserverState.INVITED, ObserverState.STARTED]
        assert f"too far on: {third.label}" in reply
    elif change == "replace":
        assert [one.token == old.token for one, old in zip(now, (first, second, third), strict=True)] == [
            False,
            True,
            False,
        ]
    else:
        assert [one.deadline is not None for one in now] == [True, False, False]
        assert "1 January 2099" in browser.get(reverse("observer:welcome", args=[first.token])).content.decode()


def test_everybody_whom_the_filter_shows_can_be_meant(browser: Client, study: Study) -> None:
    begin_trials(people(study)[1])
    meant = {"some": "yes", "everybody": "yes", "search": "", "state": "invited"}
    browser.post(url("study-links-change", study, "revoke"), meant | {"confirmed": "2"})
    assert [one.revoked_at is not None for one in people(study)] == [True, False, True]


def test_it_is_asked_again_if_other_people_are_meant_by_now(browser: Client, study: Study) -> None:
    meant = {"some": "yes", "everybody": "yes", "state": "invited", "confirmed": "2"}
    reply = browser.post(url("study-links-change", study, "revoke"), meant)
    assert reply.status_code == 422
    assert "changed meanwhile" in reply.content.decode()
    assert not Observer.objects.filter(revoked_at__isnull=False).exists()


def test_a_deadline_in_the_past_is_told_at_the_question(browser: Client, study: Study) -> None:
    sent = {"some": "yes", "selected": [people(study)[0].pk], "confirmed": "1", "deadline": "2020-01-01T12:00"}
    reply = browser.post(url("study-links-change", study, "deadline"), sent)
    assert reply.status_code == 422
    assert "lies in the past" in reply.content.decode()


def test_no_page_shows_a_link_to_who_may_not_see_links(client: Client, study: Study) -> None:
    monitor = make_researcher()
    StudyRole.objects.create(study=study, user=monitor, role=StudyRole.Role.MONITOR)
    client.force_login(monitor)
    pages = [url(name, study) for name in ("study-links", "study-links-csv", "study-links-sheet", "study-invite-many")]
    pages.append(url("study-links-change", study, "revoke"))
    assert [client.get(page).status_code for page in pages] == [403] * 5
    assert not AuditEvent.objects.filter(action="links_taken").exists()


def test_the_page_has_nobody_who_came_by_an_open_link_and_no_link_that_leads_nowhere(
    browser: Client, study: Study
) -> None:
    done, revoked, invited = people(study)
    answer_trials(begin_trials(done))
    browser.post(url("study-links-change", study, "revoke"), {"some": "yes", "selected": revoked.pk, "confirmed": "1"})
    page = browser.get(url("study-links", study)).content.decode()
    assert "1 of 3 links leads on" in page or "1 of 3 links lead on" in page
    assert invited.token in page
    assert done.token not in page
    assert revoked.token not in page


def test_an_open_link_has_a_card_unless_its_recruiter_fills_in_the_address(browser: Client, study: Study) -> None:
    plain = make_open_link(study, name="Poster")
    prolific = make_open_link(study, name="Prolific", recruiter="prolific")
    page = browser.get(url("study-open-link-sheet", study, plain.pk)).content.decode()
    assert read_code(re.findall(r"<svg.*?</svg>", page, re.DOTALL)[0]) == f"http://testserver/r/{plain.token}/"
    assert browser.get(url("study-open-link-sheet", study, prolific.pk)).status_code == 404


def test_a_list_is_shown_before_anybody_is_invited(browser: Client, study: Study) -> None:
    page = url("study-invite-many", study)
    known = people(study)[0].label
    sent = {"people": f"Anna\n{known}\n\n;\nBerta", "deadline": "2099-01-01T12:00"}
    shown = browser.post(page, sent).content.decode()
    assert "2 new observers" in shown
    assert "1 is there already" in shown
    assert Observer.objects.filter(study=study).count() == 3
    hidden = re.search(r'name="people" value="([^"]*)"', shown)
    assert hidden
    browser.post(page, {"people": hidden[1], "deadline": "2099-01-01T12:00", "confirmed": "yes"})
    new = Observer.objects.filter(study=study, label__in=["Anna", "Berta"])
    assert [one.deadline.year for one in new if one.deadline] == [2099, 2099]


def test_a_file_is_read_in_any_encoding_and_what_is_no_list_is_said_to_be_none(browser: Client, study: Study) -> None:
    page = url("study-invite-many", study)
    windows = SimpleUploadedFile("list.csv", "label;group\r\nZoé;\r\n".encode("cp1252"))
    shown = browser.post(page, {"file": windows}).content.decode()
    assert "Zoé" in shown
    assert "Windows-1252" in shown
    workbook = browser.post(page, {"file": SimpleUploadedFile("list.xlsx", b"PK\x03\x04rest")})
    assert workbook.status_code == 422
    assert "Excel" in workbook.content.decode()
    assert browser.post(page, {}).status_code == 422


@pytest.mark.parametrize("number", ["9" * 5000, "0", "x"], ids=["too large", "nobody", "no number"])
def test_numbers_that_nobody_has_mean_nobody(browser: Client, study: Study, number: str) -> None:
    reply = browser.get(url("study-links-csv", study), {"some": "1", "selected": number}, follow=True)
    assert "check the box beside at least one" in reply.content.decode()
    assert browser.get(url("study-links-sheet", study), {"sheet": number}).status_code == 404


def test_the_filter_counts_those_of_a_group_who_have_a_personal_link(browser: Client, owner: User) -> None:
    study = make_open_study(observers=0, owner=owner, groups="dermatologists\nothers", closes_when_finished=False)
    invite_observers(study=study, labels=["A"], groups=["dermatologists"], by=owner)
    arrive_by(make_open_link(study, group="dermatologists"))
    page = browser.get(url("study-links", study)).content.decode()
    assert "dermatologists (1)" in page

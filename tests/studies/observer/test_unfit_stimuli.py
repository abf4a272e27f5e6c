"""An image whose file is missing, or is not what it was: never shown, told calmly, told to the researcher."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from studies.models import Answer, AuditEvent, Observer, Session, Stimulus, Study, Trial, Truth
from studies.report.build import build_report
from studies.report.sections.study.observers_flow import flow_section
from studies.sessions.trials import position_of
from tests.studies.factories import begin_trials, make_open_study, make_session

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Answered

pytestmark = pytest.mark.django_db

JSON = {"Accept": "application/json"}


def file_of(stimulus: Stimulus) -> Path:
    return Path(default_storage.path(str(stimulus.file.name)))


def flip_a_bit(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def replace_by_a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


HARM: dict[str, Callable[[Path], object]] = {
    "missing": Path.unlink,
    "altered": flip_a_bit,
    "unreadable": replace_by_a_folder,
}


@pytest.fixture(params=HARM)
def wrong(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def current(session: Session) -> Trial:
    trial = position_of(session).trial
    assert trial is not None
    return trial


def image_of(client: Client, trial: Trial) -> "Answered":
    return client.get(reverse("observer:image", args=[trial.session.observer.token, trial.token]))


def page_of(client: Client, session: Session) -> "Answered":
    return client.get(reverse("observer:trial", args=[session.observer.token]))


def say(client: Client, trial: Trial, **headers: str) -> "Answered":
    url = reverse("observer:answer", args=[trial.session.observer.token, trial.token])
    return client.post(url, {"response": "clean"}, headers=headers)


def test_an_image_that_is_as_it_was_is_shown(client: Client) -> None:
    session = make_session()
    assert page_of(client, session).status_code == 200
    image = image_of(client, current(session))
    assert image.content == file_of(current(session).stimulus).read_bytes()
    assert image.headers["Cache-Control"] == "private, max-age=3600, no-transform"
    assert not AuditEvent.objects.filter(action=AuditEvent.Action.UNFIT).exists()


def test_another_is_neither_shown_nor_asked_about(client: Client, wrong: str) -> None:
    session = make_session()
    HARM[wrong](file_of(current(session).stimulus))

    image, page = image_of(client, current(session)), page_of(client, session)

    assert (image.status_code, image.content) == (409, b"")
    assert page.status_code == 409
    text = page.content.decode()
    assert "All answers that you have given so far are kept, and the session goes on without this image." in text
    assert reverse("observer:leave", args=[session.observer.token]) in text
    assert 'id="trial-form"' not in text
    assert Trial.objects.filter(served_at__isnull=False).count() == 0


def test_the_observer_goes_on_once_it_is_back(client: Client, wrong: str) -> None:
    session = make_session()
    first = current(session)
    say(client, first)
    file = file_of(current(session).stimulus)
    data = file.read_bytes()
    HARM[wrong](file)
    assert page_of(client, session).status_code == 409
    assert Answer.objects.get().trial == first

    if file.is_dir():
        file.rmdir()
    file.write_bytes(data)

    assert "Image 2 of 5" in page_of(client, session).content.decode()
    assert image_of(client, current(session)).content == data


def test_with_javascript_the_answer_before_it_is_stored_and_its_page_says_it(client: Client, wrong: str) -> None:
    session = make_session()
    first = current(session)
    HARM[wrong](file_of(session.trials.get(position=2).stimulus))

    reply = say(client, first, **JSON).json()

    assert reply["stored"] is True
    assert client.get(reply["image_urls"][0]).status_code == 409
    # What the script asks before it loads the page: below 500, so that it is not taken for a server that is away.
    assert client.head(reply["url"]).status_code == 409


def test_an_answer_to_what_was_seen_is_taken_though_its_file_went_since(client: Client) -> None:
    session = make_session()
    trial = current(session)
    assert image_of(client, trial).status_code == 200
    file_of(trial.stimulus).unlink()
    assert say(client, trial, **JSON).json()["stored"] is True


def go_on(client: Client, trial: Trial) -> "Answered":
    url = reverse("observer:answer", args=[trial.session.observer.token, trial.token])
    return client.post(url, {"not_shown": "1"})


def test_the_session_goes_on_without_it(client: Client, wrong: str) -> None:
    session = make_session()
    trial = current(session)
    HARM[wrong](file_of(trial.stimulus))
    assert (
        f'action="{reverse("observer:answer", args=[session.observer.token, trial.token])}"'
        in page_of(client, session).content.decode()
    )

    assert go_on(client, trial).status_code == 303
    assert "Image 2 of 5" in page_of(client, session).content.decode()
    go_on(client, trial)  # a second click
    assert "Image 2 of 5" in page_of(client, session).content.decode()
    trial.refresh_from_db()
    assert (trial.not_shown, trial.served_at) == (True, None)
    assert not Answer.objects.exists()

    # Back again, it is not gone back to, nor answered.
    assert image_of(client, trial).status_code == 404
    say(client, trial)
    assert not Answer.objects.exists()


def test_nobody_passes_over_what_can_be_shown(client: Client) -> None:
    session = make_session()
    first, second = session.trials.order_by("position")[:2]
    for trial in (first, second):
        assert go_on(client, trial).status_code == 303
    file_of(second.stimulus).unlink()
    go_on(client, second)  # its turn has not come
    assert "Image 1 of 5" in page_of(client, session).content.decode()
    assert not Trial.objects.filter(not_shown=True).exists()


def test_a_session_ends_whose_last_image_cannot_be_shown(client: Client) -> None:
    session = make_session()
    for _ in range(4):
        say(client, current(session))
    file_of(current(session).stimulus).unlink()
    go_on(client, current(session))

    session.refresh_from_db()
    assert session.finished_at is not None
    study = session.observer.study
    study.refresh_from_db()
    assert study.state == Study.State.CLOSED
    client.force_login(study.owner)
    assert any("1 answer is missing" in note for note in flow_section(build_report(study)).notes)
    live = client.get(reverse("studies:study-live", args=[study.pk])).content.decode()
    assert "Observers who come to one go on without it" in live


def test_it_is_not_passed_over_while_the_study_pauses(client: Client) -> None:
    session = make_session()
    trial = current(session)
    file_of(trial.stimulus).unlink()
    Study.objects.update(state=Study.State.PAUSED)
    assert "paused" in go_on(client, trial).content.decode()
    assert not Trial.objects.filter(not_shown=True).exists()


def test_it_tells_nothing_of_the_truth(client: Client, wrong: str) -> None:
    """Whatever is sent in place of a clean image is sent in place of a perturbed one, to the byte but the token."""
    session = make_session(make_open_study(n_perturbed=4, n_clean=4))
    sent: dict[bool, set[tuple[object, ...]]] = {True: set(), False: set()}
    for _ in range(8):
        trial = current(session)
        file = file_of(trial.stimulus)
        HARM[wrong](file)
        perturbed = Truth.objects.get(stimulus=trial.stimulus).perturbed
        for answer in (image_of(client, trial), page_of(client, session), go_on(client, trial)):
            headers = {name: value for name, value in answer.headers.items() if name not in {"Date", "Expires"}}
            headers.pop("Last-Modified", None)
            content = answer.content.replace(trial.token.encode(), b"TOKEN")
            sent[perturbed].add((answer.status_code, content, tuple(sorted(headers.items()))))
    assert sent[True] == sent[False]
    assert len(sent[True]) == 3


def test_the_second_image_and_the_practice_are_held_to_it(client: Client) -> None:
    study = make_open_study(trial_type="two_afc", n_practice=1)
    session = make_session(study)
    token = session.observer.token
    trial = current(session)
    assert trial.second_stimulus is not None
    second = file_of(trial.second_stimulus)
    data = second.read_bytes()
    second.unlink()
    assert client.get(reverse("observer:second-image", args=[token, trial.token])).status_code == 409
    assert page_of(client, session).status_code == 409
    second.write_bytes(data)
    client.post(reverse("observer:answer", args=[token, trial.token]), {"response": "first"})
    second.unlink()
    feedback = client.get(reverse("observer:feedback", args=[token, trial.token]))
    assert feedback.headers["Location"] == reverse("observer:trial", args=[token])


def test_instructions_are_read_without_an_example_that_cannot_be_shown(client: Client) -> None:
    observer = Observer.objects.get(study=make_open_study(n_practice=1))
    client.post(reverse("observer:welcome", args=[observer.token]))
    instructions = reverse("observer:instructions", args=[observer.token])
    assert "An example" in client.get(instructions).content.decode()
    file_of(Stimulus.objects.get(study=observer.study, number=(observer.plan or {})["example"][1])).unlink()
    page = client.get(instructions)
    assert page.status_code == 200
    assert "An example" not in page.content.decode()
    assert client.get(reverse("observer:example", args=[observer.token, 2])).status_code == 409


def events(study: Study) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(study_uid=study.uid, action=AuditEvent.Action.UNFIT))


def test_the_researcher_is_told_once_and_until_it_is_back(client: Client, wrong: str) -> None:
    study = make_open_study(observers=2)
    session, other = (begin_trials(observer) for observer in study.observers.order_by("pk"))
    stimulus = current(session).stimulus
    file = file_of(stimulus)
    data = file.read_bytes()
    HARM[wrong](file)
    for _ in range(3):
        page_of(client, session)
        image_of(client, current(session))

    (event,) = events(study)
    assert event.details == {
        "stimulus": stimulus.name,
        "wrong": wrong,
        "file": stimulus.file.name,
        "observer": session.observer.label,
    }
    client.force_login(study.owner)
    detail = reverse("studies:study-detail", args=[study.pk])
    page = client.get(detail).content.decode()
    assert f"{stimulus.name}, {wrong}: <code>{stimulus.file.name}</code>" in page
    assert other.observer.label in page

    if file.is_dir():
        file.rmdir()
    file.write_bytes(data)
    page = client.get(detail).content.decode()
    assert f"<code>{stimulus.file.name}</code>" not in page
    assert "could not show an image as it was when the study opened" in page


def test_the_page_is_in_the_observers_language(client: Client) -> None:
    session = make_session()
    Session.objects.update(language="fr")
    file_of(current(session).stimulus).unlink()
    page = page_of(client, session).content.decode()
    assert "Une image ne peut pas être affichée" in page
    assert re.search(r'<html lang="fr">', page)

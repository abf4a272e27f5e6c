"""Mail to observers, by a real server on loopback: each gets their own link, and what is not sent is told."""

import datetime as dt
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import LazySettings
from django.utils import timezone

from studies.design.recruitment import mailing
from studies.design.recruitment.mail_text import MailText, usual_text
from studies.design.recruitment.mailing import Mailing, read_mail_list, send_mails
from studies.design.recruitment.personal_links import revoke_links
from studies.errors import StudyError
from studies.models import AuditEvent, Observer, Study
from studies.permissions import NotPermittedError
from tests.studies.factories import (
    answer_trials,
    begin_trials,
    make_draft_with_observers,
    make_open_study,
    make_researcher,
)

pytestmark = pytest.mark.django_db

SITE = "https://study.example.org"
TEXT = MailText("en", "Your link to {title}", "Hello {label},\n\n{link}\n\nUntil {deadline}.")
REFUSED = "nobody@lab.example"
HANGS_UP = "bye@lab.example"


@dataclass
class Post:
    """A mail server that keeps what it gets, refuses one address, and hangs up at another."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 – as aiosmtpd names it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address == REFUSED:
            return "550 no such person here"
        if address == HANGS_UP:
            assert server.transport is not None
            server.transport.close()
            return "421 closing"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append(message_from_bytes(content, policy=policy.default))
        self.recipients += envelope.rcpt_tos
        return "250 taken"


@pytest.fixture
def post(settings: LazySettings) -> Iterator[Post]:
    kept = Post()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(kept, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = False
    settings.DEFAULT_FROM_EMAIL = "study@lab.example"
    yield kept
    controller.stop()


@pytest.fixture
def study() -> Study:
    return make_open_study(observers=3, closes_when_finished=False)


def people(study: Study) -> list[Observer]:
    return list(Observer.objects.filter(study=study).select_related("session").order_by("pk"))


def send(study: Study, text: str, mail: MailText = TEXT, name: str = "once") -> Mailing:
    found = read_mail_list(study, text)
    return send_mails(
        study=study,
        recipients=found.recipients,
        text=mail,
        base_url=SITE,
        mailing=name,
        by=study.owner,
        reply_to="me@lab.example",
    )


def test_each_gets_their_own_link_and_nobody_elses(study: Study, post: Post) -> None:
    first, second, _ = people(study)
    Observer.objects.filter(pk=second.pk).update(deadline=dt.datetime(2099, 3, 1, 18, tzinfo=dt.UTC))
    result = send(study, "Observer A; a@lab.example\nObserver B; b@lab.example")
    assert (result.n_sent, result.unsent) == (2, ())
    assert post.recipients == ["a@lab.example", "b@lab.example"]
    one, two = post.mails
    assert (one["To"], one["From"], one["Reply-To"]) == ("a@lab.example", "study@lab.example", "me@lab.example")
    assert one["Subject"] == f"Your link to {study.title}"
    assert f"{SITE}/o/{first.token}/" in one.get_content()
    assert "no deadline" in one.get_content()
    assert second.token not in str(one)
    assert "1 March 2099, 18:00 UTC" in two.get_content()


def test_how_many_is_written_down_and_no_address_anywhere(study: Study, post: Post) -> None:
    send(study, f"Observer A; a@lab.example\nObserver B; {REFUSED}")
    event = AuditEvent.objects.get(action="reminded")
    assert event.details == {"mails": 2, "mailing": "once", "unsent": 1}
    assert "lab.example" not in str(list(AuditEvent.objects.values()))
    assert "lab.example" not in str(list(Observer.objects.values()))


def test_one_that_is_refused_or_hung_up_on_stops_no_other_and_is_told(study: Study, post: Post) -> None:
    result = send(study, f"Observer A; {REFUSED}\nObserver B; {HANGS_UP}\nObserver C; c@lab.example")
    assert result.n_sent == 1
    assert post.recipients == ["c@lab.example"]
    assert [unsent.recipient.observer.label for unsent in result.unsent] == ["Observer A", "Observer B"]
    assert result.unsent[0].why == "550 no such person here"


def test_who_has_finished_or_cannot_begin_gets_nothing(study: Study) -> None:
    done, revoked, late = people(study)
    answer_trials(begin_trials(done))
    revoke_links(study=study, observers=[revoked], by=study.owner)
    Observer.objects.filter(pk=late.pk).update(deadline=timezone.now() - dt.timedelta(days=1))
    found = read_mail_list(study, "\n".join(f"{one.label};x@lab.example" for one in (done, revoked, late)))
    assert found.recipients == ()
    assert found.left_out == ("Observer A", "Observer B", "Observer C")


def test_lines_that_cannot_be_used_are_told_and_lose_no_other(study: Study) -> None:
    text = (
        "label,email\nObserver A,a@lab.example\nNobody,n@lab.example\nObserver B,no address\nObserver A,z@lab.example"
    )
    found = read_mail_list(study, text)
    assert [(one.observer.label, one.address) for one in found.recipients] == [("Observer A", "a@lab.example")]
    assert [problem.line for problem in found.problems] == [3, 4, 5]


def test_the_same_mails_are_sent_once(study: Study, post: Post) -> None:
    send(study, "Observer A; a@lab.example")
    with pytest.raises(StudyError, match="already"):
        send(study, "Observer A; a@lab.example")
    assert len(post.mails) == 1
    assert send(study, "Observer A; a@lab.example", name="another").n_sent == 1


def test_who_is_not_reached_in_time_is_told(study: Study, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "PATIENCE", -1.0)
    result = send(study, "Observer A; a@lab.example")
    assert result.n_sent == 0
    assert "not tried" in result.unsent[0].why
    assert post.mails == []


@pytest.mark.parametrize(
    ("subject", "body", "said"),
    [
        ("", "{link}", "no subject"),
        ("Two\nBcc: all@lab.example", "{link}", "one line"),
        ("x" * 201, "{link}", "one line"),
        ("S", "Hello", "does not say where the link stands"),
        ("{link}", "{link}", "subject"),
        ("S", "{link} {name}", "{name} stands for nothing"),
        ("S", "{link}" + "x" * 10_000, "characters"),
    ],
    ids=["empty", "two lines", "long subject", "no link", "link in the subject", "unknown", "long"],
)
def test_a_text_that_would_go_wrong_is_refused(study: Study, post: Post, subject: str, body: str, said: str) -> None:
    with pytest.raises(StudyError, match=said):
        send(study, "Observer A; a@lab.example", MailText("en", subject, body))
    assert post.mails == []
    assert not AuditEvent.objects.filter(action="reminded").exists()


def test_a_title_with_braces_is_not_filled_in_again_and_breaks_no_header(study: Study, post: Post) -> None:
    Study.objects.filter(pk=study.pk).update(title="{link}\nBcc: all@lab.example")
    study.refresh_from_db()
    send(study, "Observer A; a@lab.example")
    assert post.mails[0]["Subject"] == "Your link to {link} Bcc: all@lab.example"
    assert post.mails[0]["Bcc"] is None
    assert post.recipients == ["a@lab.example"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_usual_text_can_be_sent_and_tells_a_deadline_where_there_is_one(
    study: Study, post: Post, language: str
) -> None:
    Observer.objects.filter(pk=people(study)[0].pk).update(deadline=dt.datetime(2099, 3, 1, 18, tzinfo=dt.UTC))
    send(study, "Observer A; a@lab.example", usual_text(language, has_deadline=True))
    content = post.mails[0].get_content()
    assert {"en": "1 March 2099", "fr": "1 mars 2099"}[language] in content
    assert {"en": "You are invited", "fr": "Vous êtes"}[language] in content
    assert "{" not in content
    assert "{deadline}" not in usual_text(language, has_deadline=False).body


def test_without_a_server_or_while_no_link_leads_on_nothing_is_sent(settings: LazySettings, study: Study) -> None:
    with pytest.raises(StudyError, match="No mail server"):
        send(study, "Observer A; a@lab.example")
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL = "127.0.0.1", "study@lab.example"
    with pytest.raises(StudyError, match="while the study is open"):
        send(make_draft_with_observers(observers=1), "Observer A; a@lab.example")


def test_a_server_that_does_not_answer_is_told_and_nothing_is_written_down(
    settings: LazySettings, study: Study, post: Post
) -> None:
    settings.EMAIL_PORT = 1
    with pytest.raises(StudyError, match="does not answer"):
        send(study, "Observer A; a@lab.example")
    assert not AuditEvent.objects.filter(action="reminded").exists()


def test_nobody_sends_mail_for_a_study_that_is_not_theirs(study: Study, post: Post) -> None:
    found = read_mail_list(study, "Observer A; a@lab.example")
    with pytest.raises(NotPermittedError):
        send_mails(
            study=study,
            recipients=found.recipients,
            text=TEXT,
            base_url=SITE,
            mailing="once",
            by=make_researcher(),
        )
    assert post.mails == []

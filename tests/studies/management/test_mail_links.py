"""Mail by command: shown first, sent with --send; who got none is told."""

import io
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core import mail
from django.core.management import CommandError, call_command

from studies.models import Observer, Study
from tests.studies.factories import make_open_study

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(settings: LazySettings) -> Study:
    settings.EMAIL_HOST = "127.0.0.1"
    settings.DEFAULT_FROM_EMAIL = "study@lab.example"
    return make_open_study(observers=2)


@pytest.fixture
def addresses(tmp_path: Path) -> str:
    path = tmp_path / "addresses.csv"
    path.write_text("Observer A;a@lab.example\nNobody;n@lab.example\n", encoding="utf-8")
    return str(path)


def run(study: Study, *arguments: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("mail_links", str(study.pk), *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_first_mail_is_shown_without_its_link_and_nothing_is_sent(study: Study, addresses: str) -> None:
    out, err = run(study, "--addresses", addresses)
    assert "To: a@lab.example" in out
    assert Observer.objects.order_by("pk")[0].token not in out
    assert "line 2" in err
    assert mail.outbox == []


def test_with_send_each_gets_their_link_in_the_text_that_was_given(
    study: Study, addresses: str, tmp_path: Path
) -> None:
    (tmp_path / "text.txt").write_text("Bonjour {label} : {link}", encoding="utf-8")
    given = ("--text", str(tmp_path / "text.txt"), "--subject", "Rappel", "--language", "fr", "--send")
    out, _ = run(study, "--addresses", addresses, *given)
    assert out == "The server took 1 of 1 mails.\n"
    token = Observer.objects.order_by("pk")[0].token
    assert mail.outbox[0].body == f"Bonjour Observer A : http://127.0.0.1:8000/o/{token}/"
    assert mail.outbox[0].subject == "Rappel"


def test_a_text_without_a_link_is_refused(study: Study, addresses: str, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Hello", encoding="utf-8")
    with pytest.raises(CommandError, match="link"):
        run(study, "--addresses", addresses, "--text", str(tmp_path / "text.txt"), "--send")
    assert mail.outbox == []

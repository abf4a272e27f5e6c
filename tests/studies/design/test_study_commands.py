"""Whatever the interface does to a study, a command does too."""

import csv
import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from studies.models import AuditEvent, Observer, Study
from tests.studies.factories import (
    answer_trials,
    make_open_study,
    make_pair_set,
    make_researcher,
    make_session,
    make_study,
)

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_a_study_is_made_and_opened_in_one_go() -> None:
    researcher = make_researcher()
    make_pair_set(n=9)

    printed = run(
        "create_study", "A study", "--perturbed", "3", "--clean", "2", "--observers", "2", "--open", "--seed", "5"
    )

    study = Study.objects.get()
    assert (study.owner, study.state, study.seed) == (researcher, Study.State.OPEN, 5)
    for observer in Observer.objects.all():
        assert f"{observer.label}: http://127.0.0.1:8000/o/{observer.token}/" in printed


def test_texts_come_from_files(tmp_path: Path) -> None:
    make_researcher()
    make_pair_set()
    (tmp_path / "consent.txt").write_text("I agree – gladly.", encoding="utf-8")

    run("create_study", "A study", "--consent", str(tmp_path / "consent.txt"))

    assert Study.objects.get().consent_text == "I agree – gladly."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["create_study", "T", "--pairs", "nothing"], "no image pairs “nothing”"),
        (["create_study", "T", "--clean", "0"], "n_clean: .*greater than or equal to 1"),
        (["create_study", "T", "--by", "nobody"], "no user “nobody”"),
        (["create_study", "T", "--consent", "/nowhere/consent.txt"], "cannot be read"),
        (["create_study", "T", "--open"], "50 images are asked for"),
        (["open_study", "77"], "no study “77”"),
        (["close_study", "none"], "no study “none”"),
        (["study_report", "none"], "no study “none”"),
    ],
)
def test_what_cannot_be_is_said_in_words(arguments: list[str], message: str) -> None:
    make_researcher()
    make_pair_set(n=5)

    with pytest.raises(CommandError, match=message):
        run(*arguments)


def test_without_a_user_the_way_to_make_one_is_said() -> None:
    make_pair_set()
    with pytest.raises(CommandError, match="createsuperuser"):
        run("create_study", "T")


def test_with_several_users_one_has_to_be_named() -> None:
    make_researcher()
    make_researcher()

    with pytest.raises(CommandError, match="--by"):
        run("create_study", "T")


def test_a_study_goes_from_draft_to_closed_by_title_and_number() -> None:
    study = make_study(title="By title")

    assert "is open" in run("open_study", "By title")
    assert "/o/" in run("invite_observers", str(study.pk), "Anna", "Ben")
    assert "is closed" in run("close_study", "By title")
    with pytest.raises(CommandError, match="is closed"):
        run("invite_observers", str(study.pk), "Carl")


def test_answers_are_exported_once_the_study_is_closed(tmp_path: Path) -> None:
    study = make_open_study()
    session = make_session(study)
    with pytest.raises(CommandError, match="once it is closed"):
        run("export_answers", str(study.pk))
    answer_trials(session)

    run("export_answers", str(study.pk), "--output", str(tmp_path / "answers.csv"))

    with (tmp_path / "answers.csv").open(newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 5
    assert AuditEvent.objects.filter(action="exported").count() == 1
    with pytest.raises(CommandError, match="cannot be written"):
        run("export_answers", str(study.pk), "--output", str(tmp_path / "missing" / "answers.csv"))

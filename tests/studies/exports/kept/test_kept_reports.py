"""A report is made once by a worker, read while its data hold, and goes with the data of whoever is erased."""

import re
import subprocess
import sys
from collections.abc import Callable
from typing import IO, Any
from unittest import mock

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from ml.models import Run
from studies.data_protection.erasure import erase_person
from studies.data_protection.kept_reports import folder_of, remove_files_without_report
from studies.design.lifecycle import close_study, reopen_study
from studies.errors import StudyError
from studies.exports.downloads import DOWNLOADS
from studies.exports.kept.fingerprint import fingerprint_of
from studies.models import AuditEvent, KeptReport, Session, Study
from studies.models.session import Rejection
from studies.report.build import Report
from tests.processes import ROOT
from tests.studies.factories import answer_trials, begin_trials, make_open_study
from tests.studies.worker import do_queued_work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("queued_reports")]


@pytest.fixture
def study() -> Study:
    """Return a closed study that two observers have finished."""
    study = make_open_study(observers=2, closes_when_finished=False, may_be_reopened=True)
    for observer in study.observers.all():
        answer_trials(begin_trials(observer))
    return close_study(study=study, by=study.owner)


def page(study: Study, query: str = "") -> str:
    client = Client()
    client.force_login(study.owner)
    return client.get(reverse("studies:study-report", args=[study.pk]) + query).content.decode()


def download(study: Study, name: str) -> Any:
    client = Client()
    client.force_login(study.owner)
    return client.get(reverse("studies:study-download", args=[study.pk, name]), follow=True)


def stored_files(study: Study) -> set[str]:
    try:
        return {f"{folder_of(study.uid)}/{name}" for name in default_storage.listdir(folder_of(study.uid))[1]}
    except FileNotFoundError:
        return set()


def test_the_page_says_how_far_it_is_and_becomes_the_report(study: Study) -> None:
    assert "It waits for its turn." in page(study)
    assert "It waits for its turn." in page(study)
    assert Run.objects.filter(kind=Run.Kind.MAKE_REPORT).count() == 1, "asked for once"
    assert "is still being made" in download(study, "figures.json").content.decode()

    do_queued_work()

    assert 'href="#detection"' in page(study) or "Sensitivity" in page(study)
    assert Run.objects.count() == 1
    kept = KeptReport.objects.get()
    assert kept.is_complete
    assert set(kept.files) | set(kept.refusals) == {"page.html", *DOWNLOADS}
    assert stored_files(study) == set(kept.files.values())


def menu(study: Study) -> tuple[int, list[str], bool]:
    """Return the status of the menu that a page asks for, what it links to, and whether it says to ask again."""
    client = Client()
    client.force_login(study.owner)
    answer = client.get(reverse("studies:study-downloads", args=[study.pk]))
    said = answer.content.decode()
    return answer.status_code, re.findall(r'<a href="[^"]*/report/([^"/]+)"', said), "data-awaits" in said


def test_the_menu_takes_in_the_downloads_as_they_are_made(study: Study) -> None:
    assert menu(study) == (204, [], False), "there is no report yet"
    page(study)
    do_queued_work()
    kept = KeptReport.objects.get()
    assert menu(study) == (200, list(DOWNLOADS), False)
    assert "researcher/downloads.js" not in page(study)

    kept.files = {name: file for name, file in kept.files.items() if name in {"page.html", "figures.json"}}
    kept.is_complete = False
    kept.save()
    assert menu(study) == (200, ["figures.json"], True)
    assert "researcher/downloads.js" in page(study)


def test_the_menu_of_an_open_study_is_empty() -> None:
    assert menu(make_open_study(observers=1)) == (204, [], False)


def test_a_download_is_read_and_logged_and_nothing_is_computed(study: Study) -> None:
    page(study)
    do_queued_work()

    with mock.patch("studies.report.build.build_report", side_effect=AssertionError):
        sent = download(study, "answers.csv")
        assert page(study)

    assert b"observer" in b"".join(sent)
    assert AuditEvent.objects.filter(action=AuditEvent.Action.EXPORTED, details__what="answers.csv").count() == 1
    assert KeptReport.objects.get().fingerprint == fingerprint_of(study), "taking it away changes nothing of it"


CHANGES: dict[str, Callable[[Study], object]] = {
    "a rejection": lambda study: Session.objects.filter(observer=study.observers.all()[0]).update(
        rejected_at=timezone.now(), rejection=Rejection.TOO_FAST
    ),
    "an erasure": lambda study: erase_person(observer=study.observers.all()[0], by=study.owner, reason="asked for it"),
    "another title": lambda study: Study.objects.filter(pk=study.pk).update(title="Another"),
    "other authors": lambda study: Study.objects.filter(pk=study.pk).update(authors="Ada Lovelace"),
    "a name of the image pairs": lambda study: (
        type(study.pair_set).objects.filter(pk=study.pair_set_id).update(name="x")
    ),
    "a reopening": lambda study: reopen_study(study=study, by=study.owner, reason="more people", although_seen=True),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_a_report_changes_its_fingerprint(study: Study, change: str) -> None:
    page(study)
    before = fingerprint_of(Study.objects.get(pk=study.pk))

    CHANGES[change](Study.objects.get(pk=study.pk))

    assert fingerprint_of(Study.objects.get(pk=study.pk)) != before


def test_one_made_before_a_change_is_not_shown_as_if_it_were_new(study: Study) -> None:
    page(study)
    do_queued_work()
    Study.objects.filter(pk=study.pk).update(authors="Ada Lovelace")

    shown = page(study)

    kept = KeptReport.objects.get()
    assert "It waits for its turn." in shown
    assert f"?made={kept.pk}" in shown
    assert "The data have changed since." in page(study, f"?made={kept.pk}")
    do_queued_work()
    assert "Ada Lovelace" in page(study)
    assert KeptReport.objects.count() == 1, "the earlier one is forgotten"
    assert stored_files(study) == set(KeptReport.objects.get().files.values())


@pytest.mark.django_db(transaction=True)
def test_erasing_a_person_removes_the_files_of_the_report(study: Study) -> None:
    page(study)
    do_queued_work()
    assert stored_files(study)

    erase_person(observer=study.observers.all()[0], by=study.owner, reason="asked for it")

    assert not stored_files(study)
    assert not KeptReport.objects.exists()


def test_a_report_that_somebody_is_erased_from_while_it_is_made_is_not_kept(study: Study) -> None:
    page(study)
    real = DOWNLOADS["report.pdf"].write

    def erase(report: Report, file: IO[bytes]) -> None:
        erase_person(observer=study.observers.all()[0], by=study.owner, reason="asked for it")
        real(report, file)

    with mock.patch.dict(DOWNLOADS, {"report.pdf": mock.Mock(write=erase)}):
        do_queued_work()

    run = Run.objects.get()
    assert run.state == Run.State.FAILED
    assert "were taken away while its report was made" in run.error
    assert not KeptReport.objects.exists()
    page(study)
    do_queued_work()
    assert stored_files(study) == set(KeptReport.objects.get().files.values())


def test_why_it_could_not_be_made_is_told_and_it_can_be_asked_for_again(study: Study) -> None:
    page(study)
    with mock.patch("studies.report.build.answer_figures", side_effect=StudyError("The figures are odd.")):
        do_queued_work()

    assert "The figures are odd." in page(study)
    assert Run.objects.count() == 1, "the same would fail again: it is not asked for by itself"
    client = Client()
    client.force_login(study.owner)
    client.post(reverse("studies:study-report-again", args=[study.pk]))
    do_queued_work()
    assert "The figures are odd." not in page(study)
    assert KeptReport.objects.get().is_complete


def test_files_that_no_row_names_are_removed_daily_unless_a_report_is_being_made(study: Study) -> None:
    page(study)
    do_queued_work()
    KeptReport.objects.all().delete()
    assert stored_files(study)

    remove_files_without_report(but={str(study.uid)})
    assert stored_files(study)
    remove_files_without_report(but=())
    assert not stored_files(study)


def test_results_of_an_open_study_are_not_made() -> None:
    study = make_open_study()

    assert "The study is still open" in page(study)
    download(study, "answers.csv")

    assert not Run.objects.exists()


@pytest.mark.process
def test_the_pages_of_a_report_load_no_statistics() -> None:
    code = (
        "import django, sys; django.setup(); import perception.urls, studies.exports.kept.making; "
        "print([name for name in ('pandas', 'scipy', 'statsmodels', 'matplotlib', 'typst') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
    )  # fmt: skip
    assert done.stdout.strip() == "[]"

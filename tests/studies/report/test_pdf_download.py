"""Taking the PDF away: in the interface and by the command, with its entry in the audit log."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from studies.models import AuditEvent
from studies.report.build import build_report
from studies.report.pdf import typesetting
from studies.report.pdf.document import report_pdf
from tests.studies.answered import simulated_study
from tests.studies.factories import make_open_study
from tests.studies.report.conftest import AnsweredStudies

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("whole_reports")]


def exports() -> list[tuple[str, object]]:
    return [(event.by, event.details["what"]) for event in AuditEvent.objects.filter(action="exported")]


def test_page_and_command_give_the_same_file(client: Client, tmp_path: Path) -> None:
    study = simulated_study("yes_no", title="Moles & more")
    client.force_login(study.owner)
    out, path = io.StringIO(), tmp_path / "report.pdf"

    sent = client.get(reverse("studies:study-download", args=[study.pk, "report.pdf"]))
    call_command("study_report", str(study.pk), "--pdf", str(path), stdout=out)

    assert sent.headers["Content-Type"] == "application/pdf"
    assert sent.headers["Content-Disposition"] == 'attachment; filename="moles-more-simulated-report.pdf"'
    assert b"".join(sent) == path.read_bytes() == report_pdf(build_report(study))
    assert out.getvalue() == f"Wrote {path}.\n"
    assert exports() == [(study.owner.username, "report.pdf")] * 2


def test_a_pdf_that_cannot_be_set_leads_back_to_the_page_and_is_not_logged(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answered: AnsweredStudies
) -> None:
    study = answered.simulated("yes_no")
    client.force_login(study.owner)
    for name in typesetting.TEMPLATES:
        (tmp_path / name).write_text("#panic()", encoding="utf-8")
    monkeypatch.setattr(typesetting, "HERE", tmp_path)

    page = client.get(reverse("studies:study-download", args=[study.pk, "report.pdf"]), follow=True)

    assert page.redirect_chain == [(reverse("studies:study-report", args=[study.pk]), 302)]
    assert "The PDF could not be set: panicked" in page.content.decode()
    with pytest.raises(CommandError, match="The PDF could not be set"):
        call_command("study_report", str(study.pk), "--pdf", str(tmp_path / "report.pdf"))
    assert not (tmp_path / "report.pdf").exists()
    assert exports() == []


def test_no_pdf_of_a_study_that_is_blinded(tmp_path: Path) -> None:
    study = make_open_study()

    with pytest.raises(CommandError, match="once it is closed"):
        call_command("study_report", str(study.pk), "--pdf", str(tmp_path / "report.pdf"))

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, answered: AnsweredStudies) -> None:
    study = answered.simulated("yes_no")

    with pytest.raises(CommandError, match=r"nowhere/report\.pdf cannot be written: No such file"):
        call_command("study_report", str(study.pk), "--pdf", str(tmp_path / "nowhere" / "report.pdf"))

    assert exports() == []

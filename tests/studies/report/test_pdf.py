"""The report as PDF: the very texts of the page, whatever they contain, in a file that programs can read too."""

import json
import re
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from ml.images.pixels import decode
from ml.models import ImagePair
from ml.pairs.example_figure import enlarged_difference
from perception.core.formatting import percent
from studies.design.lifecycle import close_study, unblind_study
from studies.errors import StudyError
from studies.models import Study
from studies.report.build import Report, build_report
from studies.report.pdf import typesetting
from studies.report.pdf.document import MOST_LINES, document_files, last_moment, report_pdf
from studies.report.pdf.typesetting import typeset
from studies.report.sections.contents import sections_of
from studies.report.sections.elements import PicturedPair, Pictures, Section, Table
from studies.report.sections.head import head_of
from studies.report.wording import shares_of
from studies.trial_types import TRIAL_TYPES
from tests.studies.answered import simulated_study
from tests.studies.factories import answer_trials, make_open_study, make_session
from tests.studies.report.conftest import AnsweredStudies
from tests.studies.report.pdf_text import body, catalogue, pages, reader, tags, without_spaces

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

MARKUP = "#import \"x\" $a_b$ *c* _d_ @e \\f = - <g> // h /* i `j` ~ [k] #{1+1} 'l' …"


def texts_of(section: Section) -> list[str]:
    """Return every text that is printed of a section."""
    texts = [section.title, *section.lead, *section.notes, *section.listed]
    texts += [text for fact in (*section.headline, *section.facts) for text in astuple(fact)]
    for step in section.flow:
        texts += [step.name, str(step.count), *(fact.name for fact in step.left)]
    for table in (*section.tables, *section.small_tables):
        texts += [table.label, *table.head, *(cell for row in (*table.rows, *table.foot) for cell in row)]
    return texts


@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_it_holds_every_text_of_the_page(trial_type: str, answered: AnsweredStudies) -> None:
    report = build_report(answered.with_everything(trial_type))

    printed = body(report_pdf(report), marks=True)

    texts = [text for section in sections_of(report) for text in texts_of(section)]
    assert percent(shares_of(report.figures.summary.answers.pooled)[0]) in texts
    assert [text for text in texts if without_spaces(text) not in printed] == []


def test_it_is_tagged_titled_and_has_bookmarks_alternative_texts_and_page_numbers(answered: AnsweredStudies) -> None:
    report = build_report(answered.with_everything("rating"))
    sections = sections_of(report)

    pdf = report_pdf(report)

    opened = reader(pdf)
    assert opened.metadata is not None
    assert opened.metadata.title == report.study.title
    assert report.study.protocol_sha256 in (opened.metadata.subject or "")
    assert catalogue(pdf)["/Lang"] == "en"
    assert catalogue(pdf)["/MarkInfo"]["/Marked"]
    assert [str(entry["/Title"]) for entry in opened.outline if isinstance(entry, dict)] == [
        f"{number} {section.title}" for number, section in enumerate(sections, start=1)
    ]
    found = tags(pdf)
    alternatives = [plot.alternative for section in sections for plot in section.plots]
    assert len(alternatives) > 1
    assert {text for tag, text in found if tag == "/Figure"} >= set(alternatives)
    n_tables = sum(len(section.tables) + len(section.small_tables) for section in sections)
    assert sum(tag == "/Table" for tag, _ in found) == sum(tag == "/THead" for tag, _ in found) == n_tables
    for number, (page, text) in enumerate(zip(opened.pages, pages(pdf), strict=True), start=1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        assert text.splitlines()[0] == f"{report.study.title} Protocol {report.study.protocol_sha256[:12]}"
        assert text.splitlines()[-1].endswith(f" {number} of {len(opened.pages)}")


@pytest.mark.usefixtures("drawn_plots")
def test_plots_are_vectors(answered: AnsweredStudies) -> None:
    report = build_report(answered.simulated("rating"))
    plotted = [section for section in sections_of(report) if section.plots and not section.pictures]

    opened = reader(typeset(document_files(report, plotted), at=last_moment(report)))

    assert [image.name for page in opened.pages for image in page.images] == []
    assert any("Sensitivity Specificity" in page.extract_text() for page in opened.pages)


def test_markup_in_titles_and_names_is_printed_not_run() -> None:
    study = simulated_study("yes_no", title=MARKUP, question=MARKUP)
    observer = study.observers.order_by("pk")[0]
    observer.label = MARKUP[:60]
    observer.save()
    report = build_report(Study.objects.get(pk=study.pk))

    pdf = report_pdf(report)

    printed = body(pdf, marks=True)
    assert printed.startswith(without_spaces(f"REPORT OF A PERCEPTION STUDY {MARKUP}"))
    assert without_spaces(f"“{MARKUP}”") in printed
    assert printed.count(without_spaces(MARKUP[:60])) >= 4
    assert reader(pdf).metadata.title == MARKUP  # type: ignore[union-attr]


def test_names_longer_than_a_line_are_broken_and_kept_whole() -> None:
    study = simulated_study("yes_no", title="V" * 200)
    observer = study.observers.order_by("pk")[0]
    observer.label = "W" * 60
    observer.save()
    report = build_report(Study.objects.get(pk=study.pk))

    pdf = report_pdf(report)

    printed = body(pdf, marks=True)
    assert "V" * 200 in printed
    told = [text for section in sections_of(report) for text in texts_of(section)]
    told += [figure.text for figure in head_of(report).figures]
    assert printed.count("W" * 60) == sum(text.count("W" * 60) for text in told)
    lines = [line for page in pages(pdf) for line in page.splitlines()[1:]]
    assert max(len(run) for line in lines for run in re.findall("W+|V+", line)) < 60
    assert all("…" in page.splitlines()[0] for page in pages(pdf)), "the head of a page has one line"


def test_letters_that_its_fonts_lack_do_not_stop_it() -> None:
    study = simulated_study("yes_no", title="Study of 观察 and ꙮ, 👁")

    pdf = report_pdf(build_report(study))

    assert reader(pdf).metadata.title == study.title  # type: ignore[union-attr]
    assert body(pdf, marks=True).startswith("REPORTOFAPERCEPTIONSTUDYStudyof观")


def test_every_page_says_that_observers_are_simulated_and_images_synthetic(answered: AnsweredStudies) -> None:
    pdf = report_pdf(build_report(answered.simulated("yes_no")))

    marks = [page.splitlines()[1] for page in pages(pdf)]
    assert len(marks) > 3
    assert set(marks) == {"SIMULATED OBSERVERS · SYNTHETIC IMAGES"}


def test_an_early_look_is_on_every_page_too() -> None:
    study = make_open_study(observers=2)
    unblind_study(study=study, by=study.owner, reason="an alarm")
    answer_trials(make_session(study))

    pdf = report_pdf(build_report(Study.objects.get(pk=study.pk)))

    assert {page.splitlines()[1] for page in pages(pdf)} == {"SYNTHETIC IMAGES · THE STUDY IS STILL OPEN"}


def test_without_answers_it_says_what_was_asked_and_of_whom() -> None:
    study = make_open_study(observers=2)
    answer_trials(make_session(study), count=2)
    close_study(study=study, by=study.owner)
    report = build_report(Study.objects.get(pk=study.pk))

    pdf = report_pdf(report)

    printed = body(pdf, marks=True)
    assert "Nofinishedsession." in printed
    assert without_spaces("Was this image changed?") in printed
    assert "Invited2" in printed
    assert "Sensitivity" not in printed


@pytest.mark.usefixtures("drawn_plots")
@pytest.mark.parametrize("response", ["perturbed", "clean"])
def test_what_is_not_estimable_is_said_and_never_nan(response: str) -> None:
    study = make_open_study(n_perturbed=1, n_clean=1)
    answer_trials(make_session(study), response)

    printed = body(report_pdf(build_report(Study.objects.get(pk=study.pk))), marks=True)

    assert "notestimable" in printed
    assert not re.search(r"\bnan\b", printed, re.IGNORECASE)


@pytest.mark.usefixtures("drawn_plots")
def test_the_same_report_gives_the_same_bytes_with_the_studys_date(answered: AnsweredStudies) -> None:
    study = answered.with_everything("rating")

    first, second = (report_pdf(build_report(Study.objects.get(pk=study.pk))) for _ in range(2))

    assert first == second
    metadata = reader(first).metadata
    assert metadata is not None
    report = build_report(study)
    assert metadata.creation_date == metadata.modification_date == last_moment(report).replace(microsecond=0)
    assert last_moment(report) == max(study.closed_at, report.rows[-1].answered_at)  # type: ignore[type-var]


def pictured(report: Report, pair: ImagePair) -> bytes:
    """Set a section with the pictures of one pair, noticed by all."""
    group = Pictures("Most often noticed", (PicturedPair(pair.pk, pair.image.name, "noticed by 3 of 3", size=4),))
    return typeset(document_files(report, [Section("items", "Images", pictures=(group,))]), at=last_moment(report))


def test_a_table_of_very_many_lines_is_cut_and_says_so(answered: AnsweredStudies) -> None:
    report = build_report(answered.simulated("yes_no"))
    rows = tuple((f"Observer {number}", "1") for number in range(1, MOST_LINES + 101))
    long, short = (Table(name, ("Who", "n"), those) for name, those in (("Long", rows), ("Short", rows[:3])))

    files = document_files(report, [Section("observers", "Observers", tables=(long, short))])

    (section,) = json.loads(files["report.json"])["sections"]
    cut, whole = section["tables"]
    assert [len(table["rows"]) for table in (cut, whole)] == [MOST_LINES, 3]
    assert cut["label"] == f"Long – the first {MOST_LINES} of {MOST_LINES + 100}; the page of the report has all"
    assert whole["label"] == "Short"


def test_pictures_are_those_of_the_page(answered: AnsweredStudies) -> None:
    report = build_report(answered.simulated("yes_no"))
    pair = report.study.pair_set.pairs.all()[0]

    pdf = pictured(report, pair)

    alternatives = [text for tag, text in tags(pdf) if tag == "/Figure"]
    assert alternatives == [f"{pair.image.name}, {what}" for what in ("clean", "perturbed", "difference, enlarged")]
    printed = [image.image for page in reader(pdf).pages for image in page.images]
    with pair.clean_file.open() as clean, pair.perturbed_file.open() as perturbed:
        stored = [decode(clean.read()), decode(perturbed.read())]
    for expected in (*stored, enlarged_difference(*stored)):
        assert any(np.array_equal(np.asarray(image), expected) for image in printed)
    assert "noticedby3of3" in body(pdf, marks=True)


def test_a_picture_that_is_gone_leaves_a_word() -> None:
    report = build_report(simulated_study("yes_no"))
    pair = report.study.pair_set.pairs.all()[0]
    pair.clean_file.storage.delete(str(pair.clean_file.name))

    pdf = pictured(report, pair)

    assert body(pdf, marks=True).count("Notstoredanymore.") == 2
    assert [text for tag, text in tags(pdf) if tag == "/Figure"] == [f"{pair.image.name}, perturbed"]


def test_what_typst_says_becomes_a_message_for_a_person(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answered: AnsweredStudies
) -> None:
    report = build_report(answered.simulated("yes_no"))
    (tmp_path / "report.typ").write_text('#import "@preview/cetz:0.4.0": canvas', encoding="utf-8")
    (tmp_path / "parts.typ").touch()
    monkeypatch.setattr(typesetting, "HERE", tmp_path)

    with pytest.raises(StudyError, match=r"The PDF could not be set: .*Nothing of the study was changed"):
        report_pdf(report)


def test_it_reads_no_file_outside_its_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answered: AnsweredStudies
) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "report.typ").write_text(f'#read("/../{tmp_path.name}/secret.txt")', encoding="utf-8")
    (tmp_path / "parts.typ").touch()
    monkeypatch.setattr(typesetting, "HERE", tmp_path)
    report = build_report(answered.simulated("yes_no"))

    with pytest.raises(StudyError, match="could not be set"):
        report_pdf(report)

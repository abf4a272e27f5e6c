"""The report's head: who asked whom, the verdict in a sentence, three figures; the same on page, PDF and terminal."""

from typing import Any

import numpy as np
import pytest

from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.detection.verdict import verdict
from perception.analysis.detection.verdict_words import in_short
from perception.analysis.detection.yes_no import Pair
from perception.analysis.observations import Observations
from perception.core.formatting import area, coefficient, interval, percent
from studies.design.lifecycle import change_study, close_study
from studies.models import Study
from studies.report.build import Report, build_report
from studies.report.html import report_document
from studies.report.pdf.document import report_pdf
from studies.report.sections.contents import sections_of
from studies.report.sections.grades.mean_grades import DIFFERENCE, DMOS, HIDDEN
from studies.report.sections.head import head_of
from studies.report.text import report_text
from studies.trial_types import TRIAL_TYPES
from tests.studies.answered import several_attacks, simulated_study
from tests.studies.factories import make_open_study, make_pair_set, make_pair_set_of_strength
from tests.studies.report.conftest import AnsweredStudies
from tests.studies.report.pdf_text import pages, without_spaces

TOLD = {"authors": "Ada Lovelace\nCharles Babbage", "institution": "A hospital", "ethics_exemption": "No patients"}


def report_of(study: Study, **told: Any) -> Report:
    if told:
        change_study(study=study, by=study.owner, **told)
    return build_report(Study.objects.get(pk=study.pk))


@pytest.mark.django_db
def test_the_three_figures_are_those_that_the_trials_ask_for(answered: AnsweredStudies) -> None:
    for trial_type in TRIAL_TYPES:
        report = build_report(answered.simulated(trial_type))
        summary = report.figures.summary
        names = [figure.name for figure in head_of(report).figures]
        texts = [figure.text for figure in head_of(report).figures]
        if isinstance(summary.answers, ChoiceSummary):
            assert names == ["Right choices", "d′ of the share right", "Leaning to the first image"]
            assert texts[0] == percent(summary.answers.pooled.correct)
            continue
        if summary.degradation is not None:
            assert names == [DMOS, HIDDEN, DIFFERENCE]
            continue
        last = "Sensitivity index d′" if summary.ratings is None else "Area under the ROC curve"
        assert names[2] == last
        assert texts[:2] == [percent(summary.answers.pooled.sensitivity), percent(summary.answers.pooled.specificity)]
        found = summary.answers.group_d_prime.estimate
        assert texts[2] == (coefficient(found) if summary.ratings is None else area(summary.ratings.pooled))


@pytest.mark.django_db
def test_a_figure_names_its_limits_for_other_observers_too(answered: AnsweredStudies) -> None:
    report = build_report(answered.simulated("yes_no"))
    crossed = report.figures.summary.answers.crossed
    assert isinstance(crossed, Pair)

    head = head_of(report)

    for figure, other, what in zip(
        head.figures,
        (crossed.sensitivity, crossed.specificity),
        ("perturbed images called perturbed", "clean images called clean"),
        strict=False,
    ):
        limits = interval(other, percent)  # a share of 0 or 1 may have none
        assert figure.note == (f"{what}; for observers like these {limits}" if limits else what)
    assert head.note.startswith("In brackets: 95% intervals, for these observers")


@pytest.mark.django_db
def test_no_large_figure_stands_twice(answered: AnsweredStudies) -> None:
    report = build_report(answered.simulated("yes_no"))
    in_head = {figure.name for figure in head_of(report).figures}

    large = [fact.name for section in sections_of(report) for fact in section.headline]

    assert large
    assert not in_head & set(large)


@pytest.mark.django_db
def test_page_pdf_and_terminal_begin_with_it() -> None:
    report = report_of(simulated_study("yes_no", title="Which were changed?"), **TOLD)
    head = head_of(report)
    texts = [head.title, head.authors, head.institution, head.verdict, *(figure.text for figure in head.figures)]
    texts += [f"{fact.text}" for fact in (*head.asked, *head.approvals)]
    assert head.approvals[0].text == "No approval was needed: No patients"

    page = report_document(report, sections_of(report))
    first_page = without_spaces(pages(report_pdf(report))[0])
    terminal = " ".join(report_text(report).split())

    before_the_contents = page.partition('<nav class="contents"')[0]
    for text in texts:
        assert text in before_the_contents.replace("&#x27;", "'"), text
        assert without_spaces(text) in first_page, text
        assert text in terminal, text


@pytest.mark.django_db
def test_simulated_observers_are_called_so_and_who_is_not_analysed_is_counted() -> None:
    report = report_of(simulated_study("yes_no", observers=2))
    observers, images = head_of(report).asked
    assert observers.text == "2 (simulated, no people)"
    assert images.text == "10, of which 6 perturbed (60%)"
    assert "Simulated observers" in head_of(report).marks


@pytest.mark.django_db
def test_without_answers_there_is_neither_verdict_nor_figure() -> None:
    study = make_open_study(observers=2)
    close_study(study=study, by=study.owner)
    head = head_of(report_of(study))
    assert (head.verdict, head.margin, head.figures, head.note) == ("", "", (), "")
    assert head.asked[0].text == "0 analysed, of 2 invited (people)"


@pytest.mark.django_db
def test_every_strength_and_every_attack_is_in_the_sentence() -> None:
    pair_set = make_pair_set(n=26, size=4)
    further = [make_pair_set_of_strength(pair_set, 8)]
    several = head_of(report_of(simulated_study("yes_no", pair_set=pair_set, further_pair_sets=further)))
    assert all(str(strength) in several.verdict for strength in (4, 8))
    assert "adjusted after Holm over all strengths" in several.margin

    attacks = head_of(report_of(several_attacks()))
    assert attacks.verdict.count("Generator: at strength") == attacks.verdict.count("FGSM: at strength") == 1
    assert [figure.name for figure in attacks.figures] == ["Sensitivity: Generator", "Sensitivity: FGSM"]


def observed(*, hits: int, false_alarms: int, observers: int = 4, images: int = 100) -> Observations:
    """Return answers of observers who all call so many of the perturbed, and so many of the clean images perturbed."""
    of_one = np.concatenate([np.arange(images) < hits, np.arange(images) < false_alarms])
    truth = np.arange(2 * images) < images
    each = [np.concatenate([np.roll(part, 7 * number) for part in np.split(of_one, 2)]) for number in range(observers)]
    return Observations(
        task="yes_no",
        observers=tuple("ABCDEFGH"[:observers]),
        items=tuple(f"image {number}" for number in range(2 * images)),
        observer=np.repeat(np.arange(observers), 2 * images),
        item=np.tile(np.arange(2 * images), observers),
        truth=np.tile(truth, observers),
        response=np.concatenate(each).astype(np.int8),
        catch=np.zeros(2 * images * observers, dtype=bool),
    )


@pytest.mark.parametrize(
    ("hits", "false_alarms", "margin", "words"),
    [
        (50, 50, 0.2, "the change is undetectable within 20 percentage points of chance"),
        (90, 10, 0.1, "the change is detected"),
        (58, 42, 0.3, "the change is detected, but by less than 30 percentage points,"),
        (10, 90, 0.1, "answers are the wrong way round, below chance,"),
        (50, 50, 0.01, "the change is not shown to be undetectable within 1 percentage point of chance"),
        (60, 46, 0.1, "the change is noticed more often than chance"),
        (100, 100, 0.1, "it cannot be told whether the change is undetectable within 10 percentage points of chance"),
    ],
)
def test_the_short_words_are_those_of_the_verdict(hits: int, false_alarms: int, margin: float, words: str) -> None:
    found = verdict(observed(hits=hits, false_alarms=false_alarms), margin=margin)
    points = "1 percentage point" if margin == 0.01 else f"{100 * margin:g} percentage points"

    assert in_short(found.strengths[0].these_observers.test, points) == words

    sentence = found.sentences[0].lower()
    if words.startswith("the change is "):
        assert sentence.startswith(words.split()[3].rstrip(","))
    else:
        assert sentence.startswith(("whether the change is undetectable", "not at chance"))


@pytest.mark.django_db
def test_of_choices_the_share_right_has_its_limits_for_other_observers(answered: AnsweredStudies) -> None:
    report = build_report(answered.simulated("two_afc"))
    answers = report.figures.summary.answers
    assert isinstance(answers, ChoiceSummary)
    limits = interval(answers.crossed, percent)
    assert head_of(report).figures[0].note.endswith(f"; for observers like these {limits}" if limits else "is guessing")

"""Thresholds of a study that chose strengths from answers: in the figures, the report and the archive."""

import json
from pathlib import Path

import pytest

from perception.analysis.estimates.estimate import Estimate
from perception.analysis.psychometric.adaptive_summary import AdaptiveObserver, AdaptiveSummary
from studies.exports.archive.verification import verify_archive
from studies.models import Study
from studies.report.build import build_report
from studies.report.sections.contents import sections_of
from studies.report.sections.detection.adaptive import BIASED, adaptive_section
from studies.report.sections.head import head_of
from studies.simulation.run import simulate_study
from studies.simulation.simulated_observer import SimulatedGroup
from tests.studies.answered import simulated_study
from tests.studies.answers.test_adaptive_strength import STRENGTHS
from tests.studies.exports.archives import archive_bytes, saved
from tests.studies.factories import make_adaptive_study

pytestmark = pytest.mark.django_db


def answered(trial_type: str, *, dprime: float = 1.5, observers: int = 4) -> Study:
    study = make_adaptive_study(trial_type, n=40, n_perturbed=24, n_clean=12, observers=0, seed=5)
    simulate_study(
        study=study, group=SimulatedGroup(dprime=dprime, observer_sd=0.2), observers=observers, seed=3, by=study.owner
    )
    return Study.objects.get(pk=study.pk)


@pytest.mark.parametrize("trial_type", ["yes_no", "two_afc"])
def test_the_report_tells_each_observers_threshold_and_that_of_all(trial_type: str) -> None:
    report = build_report(answered(trial_type))
    adaptive = report.figures.adaptive
    assert adaptive is not None
    assert adaptive.strengths == STRENGTHS
    assert len(adaptive.observers) == 4
    for one in adaptive.observers.values():
        assert one.threshold.low is not None
        assert one.threshold.high is not None
        assert one.threshold.low < 2**one.log_threshold < one.threshold.high
    head = head_of(report)
    assert (head.verdict, head.margin) == (adaptive.in_words, "")
    assert [figure.name for figure in head.figures] == ["Threshold", "Slope"]
    sections = {section.key: section for section in sections_of(report)}
    assert sections["adaptive"].headline == ()
    assert adaptive.in_words in sections["adaptive"].lead
    assert "<svg" in sections["adaptive"].plots[0].draw()
    assert BIASED in sections["psychometric"].notes
    assert BIASED in sections["headline"].notes
    assert "QUEST+" in " ".join(" ".join(section.lead) for section in sections.values())
    assert BIASED in sections["learning"].notes
    methods = " ".join(sections["methods"].lead)
    assert "posterior means over a grid" in methods
    strengths = next(fact.text for fact in sections["how"].facts if fact.name == "Strength")
    assert strengths == "1, 2, 4, 8 and 16 of 255 levels, chosen from each observer’s answers"
    for text in ("shared out among them", "perturbed and at each strength"):
        assert text not in methods
    assert "about equally often, clean and perturbed;" in methods
    assert "Further methods" not in methods


@pytest.mark.usefixtures("drawn_plots")
def test_the_staircase_says_what_its_points_and_its_line_are() -> None:
    section = adaptive_section(summary_of(threshold=3.0, outside=("A",)))
    assert section is not None
    (plot,) = section.plots
    for svg in (plot.svg, plot.narrow_svg):
        for text in ("noticed", "not noticed", "threshold of all"):
            assert f">{text}</text>" in svg
    assert "in the mean of all" in " ".join(section.notes)


def test_nothing_is_said_of_a_mean_where_there_is_none() -> None:
    section = adaptive_section(summary_of(threshold=None, outside=("A", "B")))
    assert section is not None
    assert "in the mean of all" not in " ".join(section.notes)


def summary_of(*, threshold: float | None, outside: tuple[str, ...]) -> AdaptiveSummary:
    undefined = Estimate.undefined("it lies below", method="posterior", level=0.95, n=3)
    of_all = undefined if threshold is None else Estimate(threshold, 2.0, 4.0, 0.95, "mean", n=2)
    answers = ((2.0, True), (1.0, False), (2.0, False))
    one = AdaptiveObserver(undefined, of_all, 0.0, 0.0, answers)
    return AdaptiveSummary((1.0, 2.0, 4.0), of_all, of_all, {"A": one, "B": one}, outside)


def test_an_archive_is_checked_by_choosing_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = answered("yes_no", observers=2)
    path = saved(archive_bytes(study), tmp_path)
    findings = verify_archive(path)
    assert findings.agrees, findings.problems
    assert "each strength is the one that the answers before it lead to" in findings.checked

    def other(*_: object, **__: object) -> float:
        return 16.0

    monkeypatch.setattr("studies.exports.archive.answer_checks.strength_after", other)
    assert any("by the answers before it 16" in text for text in verify_archive(path).problems)


def test_shares_with_and_without_exclusions_are_said_to_be_biased_too() -> None:
    study = answered("yes_no")
    for rule, is_told in ((1_500, True), (0, False)):
        Study.objects.filter(pk=study.pk).update(rt_at_least_ms=rule)
        sections = {section.key: section for section in sections_of(build_report(Study.objects.get(pk=study.pk)))}
        assert (BIASED in sections["exclusions"].notes) == is_told


def test_other_studies_have_no_such_figure() -> None:
    report = build_report(simulated_study("yes_no"))
    assert report.figures.adaptive is None
    assert "adaptive" not in json.loads(json.dumps(report.figures.as_dict()))
    assert all(BIASED not in section.notes for section in sections_of(report))

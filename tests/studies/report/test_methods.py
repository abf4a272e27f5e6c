"""The methods paragraph names every method that a figure names, and cites what is in its list."""

import re
from dataclasses import replace

import pytest

from ml.models import Dataset
from perception.analysis.detection.right_answers import RightAnswers
from perception.analysis.estimates.estimate import Estimate
from studies.exports.preregistration import preregistration_text
from studies.models import Study
from studies.report.build import Report, build_report
from studies.report.methods.paragraph import NOT_A_METHOD, methods_of, named_methods
from studies.report.methods.references import REFERENCES
from studies.report.methods.sentences import SENTENCES
from studies.report.methods.stard import STARD
from studies.report.sections.contents import sections_of
from studies.report.sections.study.design import design_section
from studies.trial_types import TRIAL_TYPES
from tests.studies.answered import simulated_study
from tests.studies.report.conftest import AnsweredStudies

pytestmark = pytest.mark.django_db

ASKED = [*((name, 3) for name in TRIAL_TYPES), ("yes_no", 1), ("two_afc", 2)]


def reported(study: Study) -> Report:
    return build_report(study)


@pytest.mark.parametrize(
    ("trial_type", "observers"), [*((name, 3) for name in TRIAL_TYPES), ("yes_no", 1), ("two_afc", 2)]
)
def test_every_method_that_a_figure_names_has_a_sentence(trial_type: str, observers: int) -> None:
    report = reported(simulated_study(trial_type, observers=observers))

    methods = {method for method in named_methods(report.figures.summary) if not method.startswith(NOT_A_METHOD)}

    assert len(methods) > 5
    assert [method for method in methods if not any(sentence.fits(method) for sentence in SENTENCES)] == []
    assert "Further methods" not in methods_of(report).text


def methods_in(content: object) -> set[str]:
    """Return the methods that figures name as JSON."""
    if isinstance(content, list):
        return {method for part in content for method in methods_in(part)}
    if not isinstance(content, dict):
        return set()
    if content.get("reason"):
        return set()
    own = {content[key] for key in ("method", "pairs_adjustment") if content.get(key)}
    return own | methods_in(list(content.values()))


@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_the_figures_name_the_methods_that_their_json_names(trial_type: str, answered: AnsweredStudies) -> None:
    summary = reported(answered.with_everything(trial_type)).figures.summary

    assert set(named_methods(summary)) == methods_in(summary.as_dict())


def test_a_method_without_a_sentence_is_named_as_it_is(answered: AnsweredStudies) -> None:
    report = reported(answered.simulated("yes_no"))
    of_tomorrow = Estimate(1.0, None, None, None, "a method of tomorrow (Nobody 2031)")
    summary = replace(report.figures.summary, catch=RightAnswers(of_tomorrow, {}))
    report = replace(report, figures=replace(report.figures, summary=summary))

    assert "Further methods: a method of tomorrow (Nobody 2031)." in methods_of(report).text


def test_only_what_was_used_is_cited(answered: AnsweredStudies) -> None:
    two = methods_of(reported(simulated_study("yes_no", observers=2)))
    three = methods_of(reported(answered.simulated("rating")))

    assert "Obuchowski NA, Rockette HE" not in two.text
    assert "Obuchowski NA, Rockette HE" in three.text
    assert "Hillis" in three.text
    assert "both random" not in two.text


@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_numbers_lead_to_the_list(trial_type: str, answered: AnsweredStudies) -> None:
    methods = methods_of(reported(answered.with_everything(trial_type)))

    cited = {
        int(number)
        for paragraph in methods.paragraphs
        for group in re.findall(r"\[([\d, ]+)\]", paragraph)
        for number in group.split(", ")
    }
    assert cited == set(range(1, len(methods.references) + 1))
    assert len(set(methods.references)) == len(methods.references)
    first = [int(number) for number in re.findall(r"\[(\d+)", " ".join(methods.paragraphs))]
    assert first[0] == 1
    assert not re.search(r"\[[a-z]", methods.text)


def test_every_key_that_is_cited_has_a_reference() -> None:
    cited = {
        key
        for sentence in SENTENCES
        for keys in re.findall(r"\[([a-z0-9, ]+)\]", sentence.text)
        for key in keys.split(", ")
    }

    assert cited <= set(REFERENCES)


def test_it_says_what_the_study_was(answered: AnsweredStudies) -> None:
    study = answered.with_everything("yes_no")
    text = methods_of(reported(study)).text

    for part in (
        "3 simulated observers (not people) judged 6 perturbed and 4 clean images",
        "“Was this image changed?”",
        f"SHA-256 {study.protocol_sha256}",
        "2 catch trials at strength 30",
        "2 practice trials",
        "a largest change to a channel of 4 of 255 levels",
        f"seed {study.seed}",
        "lesions drawn by a program",
        "McNemar’s exact test",
        "statsmodels",
    ):
        assert part in text


def notes_on_times(report: Report) -> str:
    """Return what stands below the response times."""
    (times,) = [section for section in sections_of(report) if section.key == "times"]
    return " ".join(times.notes)


def test_of_simulated_observers_it_does_not_say_that_anybody_saw_an_image(answered: AnsweredStudies) -> None:
    report = build_report(answered.simulated("yes_no"))

    simulated, people = methods_of(report).text, methods_of(replace(report, simulated=False)).text

    for claim in ("every observer saw", "pixels were shown", "observers were blind"):
        assert claim in people
        assert claim not in simulated
    assert "nobody saw one: a model of an observer answered" in simulated
    assert "nobody saw one" not in people
    of_simulated, of_people = "Times of simulated observers: the model", "From the paint of the image to the answer."
    assert (of_simulated in notes_on_times(report), of_people in notes_on_times(report)) == (True, False)
    report = replace(report, simulated=False)
    assert (of_simulated in notes_on_times(report), of_people in notes_on_times(report)) == (False, True)


@pytest.mark.parametrize("trial_type", list(TRIAL_TYPES))
def test_only_a_study_of_single_images_is_after_the_design_of_allyn(trial_type: str, answered: AnsweredStudies) -> None:
    text = methods_of(build_report(answered.simulated(trial_type))).text

    assert ("after the design of Allyn et al. [1]" in text) == (trial_type in {"yes_no", "yes_no_confidence"})
    assert ("of the question of Allyn et al. [1], in another design" in text) == (
        trial_type not in {"yes_no", "yes_no_confidence"}
    )


@pytest.mark.parametrize(
    ("display_ms", "words"), [(500, "shown for 500 ms, then a mask"), (None, "shown until it is answered")]
)
def test_for_how_long_an_image_is_shown_has_one_wording(
    display_ms: int | None, words: str, answered: AnsweredStudies
) -> None:
    study = answered.simulated("yes_no")
    study.display_ms = display_ms
    report = build_report(study)

    assert words in methods_of(report).text
    assert words in next(item.answer for item in STARD.answered_by(report) if item.number == "10a")
    assert words in preregistration_text(study)
    assert words in next(fact.text for fact in design_section(report).facts if fact.name == "Course of a trial").lower()


@pytest.mark.parametrize(
    ("fit", "words"),
    [
        ("crop", "Images that were not square were cropped to the square in the middle."),
        ("pad", "Images that were not square were padded with black to a square."),
        ("squeeze", "Images that were not square were squeezed to a square, the aspect not kept."),
    ],
)
def test_the_methods_say_how_images_were_made_square(fit: str, words: str, answered: AnsweredStudies) -> None:
    """A dataset of a version that knew no choice was squeezed, and says so."""
    study = answered.simulated("yes_no")
    dataset = study.pair_set.dataset
    assert "not square" not in methods_of(build_report(study)).text
    dataset.images.update(width=40)
    Dataset.objects.filter(pk=dataset.pk).update(fit=fit)

    report = build_report(answered.simulated("yes_no"))

    assert words in methods_of(report).text
    assert words in next(item.answer for item in STARD.answered_by(report) if item.number == "10a")

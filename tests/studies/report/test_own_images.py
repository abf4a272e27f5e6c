"""The report of a study in which each observer judged images of their own, and its archive."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from studies.answers.rows import rows_of
from studies.exports.archive.answer_checks import against_the_pool
from studies.exports.archive.verification import verify_archive
from studies.exports.preregistration import preregistration_text
from studies.models import Study
from studies.report.build import build_report
from studies.report.sections.contents import sections_of
from studies.report.text import report_text
from tests.studies.exports.archives import answered_study, archive_bytes, saved
from tests.studies.factories import make_pair_set, make_pair_set_of_attack, make_pair_set_of_strength

pytestmark = pytest.mark.django_db


def make_answered(n: int = 30, **fields: Any) -> Study:
    pair_set = make_pair_set(n=n, size=4)
    further = [make_pair_set_of_strength(pair_set, 9)]
    return answered_study(pair_set=pair_set, allocation="pool", further_pair_sets=further, **fields)


def test_the_report_tells_the_pool_and_how_many_judged_each_image() -> None:
    study = make_answered(observers=4, n_practice=2)
    report = build_report(study)

    text = " ".join(report_text(report).split())

    assert report.figures.summary.asked.own_images
    assert report.figures.n_unanswered == 0
    assert "images of each observer’s own, drawn from a pool of 27" in text
    assert "A pool of 27 images was drawn at random" in text
    assert "9 of each observer, so that every image was shown about equally often" in text
    assert "Images of the pool that an observer was not shown were not asked, and are not missing." in text
    assert "Each observer was asked about images of their own, 9 of them" in text
    items = next(section for section in sections_of(report) if section.key == "items")
    assert "rests on few answers" in items.notes[0]
    assert items.folded


def test_where_all_judge_the_same_images_nothing_is_said_of_a_pool() -> None:
    report = build_report(answered_study())

    text = report_text(report)

    assert not report.figures.summary.asked.own_images
    assert "pool of" not in text
    assert "rests on few answers" not in text


@pytest.mark.parametrize("trial_type", ["yes_no_confidence", "two_afc", "same_different"])
def test_its_archive_agrees_and_each_answer_has_the_strength_that_was_shown(trial_type: str, tmp_path: Path) -> None:
    study = make_answered(trial_type=trial_type, observers=5)

    strengths = {row.strength for row in rows_of(study, simulated=False)}
    findings = verify_archive(saved(archive_bytes(study), tmp_path))

    assert strengths == ({4.0, 9.0} if trial_type == "two_afc" else {0.0, 4.0, 9.0})
    assert findings.agrees, findings
    assert any("a sequence that the seed draws from the pool" in told for told in findings.checked)


def test_images_that_nobody_was_drawn_are_told() -> None:
    study = make_answered(observers=3)
    assert study.protocol is not None
    rows = rows_of(study, simulated=False)
    assert against_the_pool(rows, study.protocol) == []
    assert against_the_pool(rows[1:], study.protocol) == [], "an image of somebody's could not be shown"

    whose = rows[0].observer
    others = {row.image for row in rows} - {row.image for row in rows if row.observer == whose}
    changed = [replace(rows[0], image=min(others)), *rows[1:]]

    assert against_the_pool(changed, study.protocol) == [
        f"{whose}: the images are none of the first 4,096 sequences that the seed draws from the pool"
    ]


@pytest.mark.parametrize("trial_type", ["yes_no", "two_afc"])
def test_attacks_are_compared_on_images_that_several_may_have_met_under_another(
    trial_type: str, tmp_path: Path
) -> None:
    pair_set = make_pair_set(n=30, size=4)
    other = make_pair_set_of_attack(pair_set, "fgsm")
    study = answered_study(
        trial_type=trial_type,
        pair_set=pair_set,
        further_pair_sets=[other],
        compares_attacks=True,
        allocation="pool",
        observers=8,
    )

    text = " ".join(report_text(build_report(study)).split())
    findings = verify_archive(saved(archive_bytes(study), tmp_path))

    assert "under two of them, but several may have" in text
    assert findings.agrees, findings
    assert {row.attack for row in rows_of(study, simulated=False)} - {""} == set(study.attack_names)


def test_the_preregistration_tells_the_pool() -> None:
    study = make_answered(observers=1, pool_size=20)

    assert "Each observer judges images of their own, drawn from a pool of 20 images" in preregistration_text(study)

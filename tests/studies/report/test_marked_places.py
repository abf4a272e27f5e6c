"""What a report says of marked places: the same figures in figures, sections, files and sentences."""

import random

import numpy as np
import pytest

from ml.models.pair_set import PairSet
from perception.analysis.localization.summary import summarise_localization
from perception.core.formatting import percent, ratio
from studies.design.lifecycle import close_study
from studies.design.marked_places.judging import PlaceJudge
from studies.models import Study
from studies.report.build import Report, build_report
from studies.report.methods.paragraph import methods_of
from studies.report.sections.contents import sections_of
from studies.report.sections.elements import Section
from studies.report.sections.localization.marked_places import AREA, PLACED
from studies.sessions.trials import position_of, record_answer
from tests.studies.factories import begin_trials, make_open_study, make_pair_set
from tests.studies.masks import make_masked_pair_set

pytestmark = pytest.mark.django_db


def marked_study(
    observers: int = 4, right: float = 0.7, pair_set: PairSet | None = None, *, rt_at_least_ms: int = 0
) -> Study:
    """Return a study of people who rate at random and mark the right place with a probability."""
    study = make_open_study(
        trial_type="marked_place",
        pair_set=pair_set or make_pair_set(n=24),
        n_perturbed=12,
        n_clean=8,
        observers=observers,
        closes_when_finished=False,
        rt_at_least_ms=rt_at_least_ms,
    )
    judge, generator = PlaceJudge(study), random.Random(1)
    for observer in study.observers.order_by("pk"):
        session = begin_trials(observer)
        while (trial := position_of(session).trial) is not None:
            places = judge.right_pixels(trial.stimulus_id)
            x, y = generator.choice(places) if places and generator.random() < right else (0, 0)
            rating = str(generator.randint(1, 6))
            assert record_answer(
                session=session,
                trial_token=trial.token,
                rating=rating,
                place_x=str(x),
                place_y=str(y),
                rt_ms=generator.randint(500, 2_000),
            )
    close_study(study=study, by=study.owner)
    study.refresh_from_db()
    return study


def section(report: Report) -> Section:
    return next(one for one in sections_of(report) if one.key == "marked-places")


def test_the_section_says_what_follows_from_the_rows() -> None:
    report = build_report(marked_study())
    rows = report.rows
    observers = tuple(dict.fromkeys(row.observer for row in rows))
    items = tuple(dict.fromkeys(row.item for row in rows))
    shape = (len(observers), len(items))
    ratings, placed = np.full(shape, np.nan), np.full(shape, -1, dtype=np.int8)
    truth, share = np.zeros(len(items), dtype=bool), np.full(len(items), np.nan)
    for row in rows:
        who, what = observers.index(row.observer), items.index(row.item)
        ratings[who, what] = row.rating
        truth[what] = row.truth == "perturbed"
        if row.place_hit is not None and row.place_share is not None:
            placed[who, what], share[what] = row.place_hit, row.place_share
    found = summarise_localization(
        truth, ratings, (ratings >= 4).astype(np.int8), placed, observers=observers, place_share=share
    )

    told = {figure.name: figure.text for figure in section(report).headline}

    assert told == {AREA: ratio(found.lroc.pooled), PLACED: percent(found.placed.these_observers)}
    assert [plot.square for plot in section(report).plots] == [True]
    assert report.as_dict()["localization"] == found.as_dict()
    assert found.claims == ("located", "located")
    assert "are marked at the right place more often than marks spread evenly" in " ".join(section(report).lead)


def test_the_methods_name_the_sources() -> None:
    report = build_report(marked_study())
    text = methods_of(report).text

    assert "localization receiver operating characteristic" in text
    rule = (
        "A mark is right in the smallest region that holds 80% of the squared change, or within 5% of the image’s side "
        "of it; 0 of 24 image pairs, changed nowhere or in more than 25% of the image, were not used."
    )
    assert rule in text
    (how,) = (one for one in sections_of(report) if one.key == "how")
    assert [fact.text for fact in how.facts if fact.name == "Right place"] == [rule]


def test_marks_at_random_are_not_called_located() -> None:
    report = build_report(marked_study(right=0.0))

    assert "cannot be told to be marked" in " ".join(section(report).lead)


def test_masks_are_told_where_they_are_the_truth() -> None:
    report = build_report(marked_study(observers=1, pair_set=make_masked_pair_set(n=24)))
    told = (
        "Of 12 of the 12 perturbed images the region in which a place is right is a mask that came with the image "
        "pairs, made by whoever perturbed them."
    )

    assert told in section(report).lead[0]
    assert told in methods_of(report).text
    how = next(one for one in sections_of(report) if one.key == "how")
    assert told in [fact.note for fact in how.facts]


def test_of_some_masks_the_others_are_told_to_be_computed() -> None:
    # Of 20 images one at least is perturbed and masked, and one perturbed and not.
    report = build_report(marked_study(observers=1, pair_set=make_masked_pair_set(n=20, masked=10)))
    masks = (report.study.protocol or {})["marked_place"]["regions_from_masks"]

    assert 2 <= masks <= 10
    assert f"Of {masks} of the 12 perturbed images" in section(report).lead[0]
    assert "of the others the region was computed" in section(report).lead[0]


def test_without_masks_nothing_is_said_of_them() -> None:
    report = build_report(marked_study(observers=1))

    assert "mask" not in " ".join(section(report).lead)
    assert "mask" not in methods_of(report).text


def test_other_studies_have_no_such_section() -> None:
    from tests.studies.answered import simulated_study

    report = build_report(simulated_study("rating"))

    assert "localization" not in report.as_dict()
    assert all(one.key != "marked-places" for one in sections_of(report))


def test_places_and_area_stand_with_and_without_exclusions() -> None:
    report = build_report(marked_study(rt_at_least_ms=1_000))
    summary, without = report.figures.summary.localization, report.figures.without_exclusions
    assert summary is not None
    assert without is not None
    assert without.localization is not None

    (section,) = [section for section in sections_of(report) if section.key == "exclusions"]

    rows = {name: (written, again) for name, written, again in section.tables[1].rows}
    assert rows[AREA] == (ratio(summary.lroc.pooled), ratio(without.localization.lroc.pooled))
    assert rows[PLACED] == (
        percent(summary.placed.these_observers),
        percent(without.localization.placed.these_observers),
    )
    assert rows[PLACED][0] != rows[PLACED][1]

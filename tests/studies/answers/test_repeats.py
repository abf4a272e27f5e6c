"""Trials that are shown twice: the first answer is in the main figures, both are in agreement within observers."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from studies.answers.exclusions import PARTLY_SHOWN, TOO_FAST, apply_exclusions
from studies.answers.figures import answer_figures
from studies.answers.rows import AnswerRow, rows_of
from studies.models import Study, Trial
from studies.trial_types import TRIAL_TYPES
from tests.studies.answered import simulated_study
from tests.studies.factories import make_pair_set, make_pair_set_of_strength

pytestmark = pytest.mark.django_db


def repeated_study(trial_type: str = "yes_no", **fields: Any) -> Study:
    pair_set = make_pair_set(n=26, size=4)
    return simulated_study(
        trial_type,
        pair_set=pair_set,
        n_repeated=4,
        n_catch=2,
        catch_pair_set=make_pair_set_of_strength(pair_set, 30),
        **fields,
    )


@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_the_figures_are_those_of_the_first_answers_alone(trial_type: str) -> None:
    study = repeated_study(trial_type)
    rows = rows_of(study, simulated=True)
    assert Counter(row.showing for row in rows) == {1: 3 * 12, 2: 3 * 4}
    of_each = Counter((row.observer, row.item) for row in rows)
    assert {row.showing for row in rows if of_each[row.observer, row.item] == 1} == {1}

    with_repeats = answer_figures(study, rows)
    once = [replace(row, showing=None) for row in rows if row.showing == 1]
    study.n_repeated = 0
    without = answer_figures(study, once)

    figures = with_repeats.as_dict()
    within = figures.pop("within_observers")
    assert figures == without.as_dict()
    assert (within["n_pairs"], within["n_asked"], within["n_observers"]) == (12, 12, 3)
    pairs: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        if of_each[row.observer, row.item] == 2:
            pairs.setdefault((row.observer, row.item), set()).add(row.response)
    assert within["agreed"]["k"] == sum(len(said) == 1 for said in pairs.values())
    trials = study.trials
    assert (within["weighted_kappa"] is not None) == bool(trials.ratings or trials.confidences or trials.grades)


def test_grades_that_differ_are_not_answered_alike_though_both_say_that_the_images_differ() -> None:
    study = repeated_study("degradation")
    rows = rows_of(study, simulated=True)
    first = {(row.observer, row.item): row for row in rows if row.showing == 1}
    once = [row for row in rows if row.showing == 1]

    def weighted_kappa(turn: dict[int, int]) -> float:
        """Return it where each second grade is what the first one turns into; every response stays the first one."""
        second = [
            replace(before, showing=2, position=row.position, grade=turn.get(before.grade or 0, before.grade))
            for row in rows
            if row.showing == 2
            for before in (first[row.observer, row.item],)
        ]
        within = answer_figures(study, [*once, *second]).as_dict()["within_observers"]
        assert within["agreed"]["estimate"] == 1
        return float(within["weighted_kappa"]["estimate"])

    assert {row.grade for row in once} - {5}, "some see a difference"
    assert weighted_kappa({}) == pytest.approx(1)
    assert weighted_kappa({1: 4, 2: 3, 3: 2, 4: 1}) < 0.9


def test_a_second_showing_is_the_same_trial_later() -> None:
    study = repeated_study("two_afc", observers=2)
    for observer in study.observers.all():
        trials = list(Trial.objects.filter(session__observer=observer, phase="series"))
        first = {trial.stimulus_id: trial for trial in trials if trial.showing == 1}
        again = [trial for trial in trials if trial.showing == 2]
        assert len(again) == 4
        assert len({trial.token for trial in trials}) == len(trials) == study.n_trials == 16
        for trial in again:
            assert trial.stimuli == first[trial.stimulus_id].stimuli
            assert trial.position - first[trial.stimulus_id].position >= 16 // 3


def marked(rows: list[AnswerRow], *, showing: int, **fields: object) -> tuple[list[AnswerRow], AnswerRow]:
    place = next(place for place, row in enumerate(rows) if row.showing == 2)
    one = rows[place]
    place = next(
        place
        for place, row in enumerate(rows)
        if (row.observer, row.item, row.showing) == (one.observer, one.item, showing)
    )
    changed = replace(rows[place], **fields)  # type: ignore[arg-type]
    return [*rows[:place], changed, *rows[place + 1 :]], changed


@pytest.mark.parametrize("showing", [1, 2])
def test_a_pair_counts_where_both_answers_do(showing: int) -> None:
    study = repeated_study(rt_at_least_ms=100)
    rows, fast = marked(rows_of(study, simulated=True), showing=showing, rt_ms=5)

    figures = answer_figures(study, rows)

    (left_out,) = [row for row in figures.exclusions.rows if row.left_out]
    assert (left_out.item, left_out.left_out) == (fast.item, TOO_FAST)
    assert figures.exclusions.answers == (showing == 1), "no second showing is missing in the main figures"
    assert (figures.without_exclusions is not None) == (showing == 1)
    assert figures.within_observers is not None
    assert (figures.within_observers.n_pairs, figures.within_observers.n_asked) == (11, 12)


def test_whoever_is_left_out_is_not_asked_twice() -> None:
    study = repeated_study(catch_at_least=100)
    rows = rows_of(study, simulated=True)
    inattentive = rows[0].observer
    rows = [
        replace(row, response="clean" if row.observer == inattentive else "perturbed") if row.role == "catch" else row
        for row in rows
    ]

    within = answer_figures(study, rows).within_observers

    assert within is not None
    assert (within.n_observers, within.n_asked, inattentive in within.observers) == (2, 8, False)


def test_a_session_of_which_one_showing_is_answered_has_no_pair() -> None:
    study = repeated_study()
    rows, missing = marked(rows_of(study, simulated=True), showing=1)
    rows.remove(missing)

    within = answer_figures(study, rows).within_observers

    assert within is not None
    assert (within.n_pairs, within.n_asked) == (11, 12)


def test_rules_mark_second_showings_too() -> None:
    study = repeated_study(leaves_out_partly_shown=True)
    rows, partly = marked(rows_of(study, simulated=True), showing=2, shown_whole=False)

    found = apply_exclusions(study, rows)

    assert [row.position for row in found.rows if row.left_out == PARTLY_SHOWN] == [partly.position]
    assert [rule.answers for rule in found.rules] == [0]
    assert not found.any

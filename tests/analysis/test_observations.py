"""A study's answers as one table: what is counted where, by task."""

from dataclasses import replace

import numpy as np
import pytest

from perception.analysis.answer_table import AnswerTable
from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.detection.yes_no import AnswerSummary, summarise_answers
from perception.analysis.observations import Observations, Task, codes_of, indices_by_code, known_codes
from perception.analysis.study_summary import summarise_study


def observations(rows: list[tuple[str, str, bool, int]], task: Task = "yes_no") -> Observations:
    observer, observers = codes_of([row[0] for row in rows])
    item, items = codes_of([row[1] for row in rows])
    return Observations(
        task=task,
        observers=observers,
        items=items,
        observer=observer,
        item=item,
        truth=np.array([row[2] for row in rows]),
        response=np.array([row[3] for row in rows], dtype=np.int8),
        catch=np.zeros(len(rows), dtype=bool),
    )


ROWS = [
    ("A", "1", True, 1),
    ("A", "2", True, 0),
    ("A", "3", False, 0),
    ("A", "4", False, 1),
    ("B", "3", False, 0),
    ("B", "1", True, 1),
    ("B", "4", False, -1),
    ("B", "2", True, 1),
]


def test_yes_no_is_the_summary_of_the_table() -> None:
    table = AnswerTable.from_rows(
        observers=[row[0] for row in ROWS],
        items=[row[1] for row in ROWS],
        truths=[row[2] for row in ROWS],
        responses=[None if row[3] < 0 else bool(row[3]) for row in ROWS],
    )

    summary = summarise_study(observations(ROWS))

    assert summary.answers == summarise_answers(table)
    assert (summary.ratings, summary.catch, summary.second, summary.response_times) == (None, None, None, None)


def test_same_or_different_has_a_d_prime_that_says_what_it_is() -> None:
    summary = summarise_study(observations(ROWS, "same_different"))

    assert isinstance(summary.answers, AnswerSummary)
    assert "differencing model" in summary.answers.observers["A"].signal.d_prime.method


def test_choices_are_right_where_the_perturbed_image_was_chosen_on_whichever_side_each_observer_saw_it() -> None:
    rows = [("A", "1", True, 1), ("A", "2", False, 1), ("B", "1", False, 0), ("B", "2", True, 1)]

    summary = summarise_study(observations(rows, "two_afc"))

    assert isinstance(summary.answers, ChoiceSummary)
    assert summary.answers.observers["A"].figures.correct.k == 1
    assert summary.answers.observers["B"].figures.correct.k == 2
    assert summary.answers.observers["B"].figures.said_first.k == 1
    assert summary.answers.n_images == 2


def test_catch_trials_are_counted_by_themselves_and_nowhere_else() -> None:
    rows = [*ROWS, ("A", "c1", True, 1), ("A", "c2", True, 0), ("B", "c1", True, 1), ("B", "c2", True, -1)]
    both = observations(rows)
    marked = replace(
        both,
        catch=np.array([row[1].startswith("c") for row in rows]),
        rt_ms=np.arange(len(rows), dtype=float),
        rating=np.array([float(row[3]) for row in rows]),
        second=np.array([row[3] for row in rows], dtype=np.int8),
    )

    summary = summarise_study(marked)

    assert summary.answers == summarise_study(observations(ROWS)).answers
    assert summary.catch is not None
    assert [(share.k, share.n) for share in summary.catch.observers.values()] == [(1, 2), (1, 1)]
    assert (summary.catch.pooled.k, summary.catch.pooled.n) == (2, 3)
    assert summary.second is not None
    assert (summary.second.observers["A"].perturbed.n, summary.second.pooled.clean.n) == (2, 3)
    assert summary.response_times is not None
    assert summary.response_times.observers["A"].perturbed.estimate == 0.5
    assert summary.ratings is not None
    assert summary.ratings.observers["A"].n == 4


def test_of_another_set_of_images_no_answer_is_missing() -> None:
    rows = [("A", "1", True, 1), ("A", "2", False, 0), ("B", "3", True, 0), ("B", "4", False, -1)]
    same = observations(rows)
    apart = replace(same, subset_of_observer=np.array([1, 2]), subset_of_item=np.array([1, 1, 2, 2]))

    assert summarise_study(same).answers.n_missing == 5
    assert summarise_study(apart).answers.n_missing == 1


def test_the_second_question_by_what_was_shown() -> None:
    said = np.array([1, 0, 1, 1, 1, 0, -1, 1], dtype=np.int8)

    second = summarise_study(replace(observations(ROWS), second=said)).second

    assert second is not None
    assert (second.pooled.perturbed.k, second.pooled.perturbed.n) == (2, 4)
    assert (second.pooled.clean.k, second.pooled.clean.n) == (3, 3)
    assert second.pooled.difference.estimate == pytest.approx(-0.5)
    assert second.observers["B"].clean.n == 1


@pytest.mark.parametrize("task", ["yes_no", "same_different", "two_afc"])
def test_no_answer_at_all_is_a_summary_without_figures(task: Task) -> None:
    summary = summarise_study(observations([], task))

    assert summary.answers.n_observers == 0
    assert summary.as_dict()["task"] == task


def test_each_code_has_its_places() -> None:
    found = indices_by_code(np.array([2, 0, 2, 0, 0]), 4)

    assert [places.tolist() for places in found] == [[1, 3, 4], [], [0, 2], []]
    assert indices_by_code(np.array([], dtype=np.intp), 0) == []


def test_an_empty_name_is_unknown() -> None:
    codes, names = known_codes(["nv", "", "mel", "nv"])

    assert (codes.tolist(), names) == ([0, -1, 1, 0], ("nv", "mel"))


def test_distinct_names_are_numbered_as_they_appear() -> None:
    codes, names = codes_of(["x", "y", "x"])

    assert (codes.tolist(), names) == ([0, 1, 0], ("x", "y"))

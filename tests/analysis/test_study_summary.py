"""Any table that a study can produce has a summary: valid JSON, the same keys, no figure that is not a number."""

import json
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perception.analysis.observations import Observations, Task
from perception.analysis.study_summary import summarise_study

TASKS: tuple[Task, ...] = ("yes_no", "same_different", "two_afc")
STRENGTHS = (1.0, 2.0, 4.0, 8.0, float("nan"))
COLUMNS = ("rt_ms", "strength", "position", "diagnosis")
NEW = {"response_times", "psychometric", "learning", "by_diagnosis", "items", "equivalence"}


@st.composite
def studies(draw: st.DrawFn) -> Observations:
    """Draw a study: up to four observers and eight images, with answers all alike, missing, or left out."""
    task = draw(st.sampled_from(TASKS))
    observers, items = draw(st.integers(0, 4)), draw(st.integers(0, 8))
    cells = [(one, item) for one in range(observers) for item in range(items)]
    rows = draw(st.lists(st.sampled_from(cells), unique=True, max_size=32)) if cells else []
    answers = draw(st.sampled_from([(-1, 0, 1), (0, 1), (1,), (0,), (-1,)]))
    strengths = draw(st.sampled_from([STRENGTHS, STRENGTHS[:2], STRENGTHS[:1]]))

    def each(values: Any, count: int = len(rows)) -> list[Any]:
        return draw(st.lists(st.sampled_from(values), min_size=count, max_size=count))

    observer, item = (np.array([row[at] for row in rows], dtype=np.intp) for at in (0, 1))
    truth_of_item = np.array(each([True, False], items), dtype=bool)
    truth = np.array(each([True, False]), dtype=bool) if task == "two_afc" else truth_of_item[item]
    whole = Observations(
        task=task,
        observers=tuple(f"observer {place}" for place in range(observers)),
        items=tuple(f"image {place}" for place in range(items)),
        observer=observer,
        item=item,
        truth=truth,
        response=np.array(each(answers), dtype=np.int8),
        catch=np.array(each([False, False, False, True], items), dtype=bool)[item],
        rt_ms=np.array(each([400.0, 700.0, 2000.0, float("nan")])),
        strength=np.array(each(strengths, items), dtype=float)[item],
        position=np.array(each([1.0, 2.0, 3.0, 9.0, float("nan")])),
        diagnosis=np.array(each([-1, 0, 1], items), dtype=np.intp)[item],
        diagnoses=("mel", "nv"),
    )
    return without(whole, **dict.fromkeys(draw(st.sets(st.sampled_from(COLUMNS)))))


def without(whole: Observations, **unknown: Any) -> Observations:
    return replace(whole, **unknown)


def numbers(value: Any) -> list[float]:
    """Return every number in what JSON can hold."""
    if isinstance(value, dict):
        return [number for part in value.values() for number in numbers(part)]
    if isinstance(value, list):
        return [number for part in value for number in numbers(part)]
    return [float(value)] if isinstance(value, int | float) else []


def estimates(value: Any) -> list[dict[str, Any]]:
    """Return every estimate in what JSON can hold."""
    if isinstance(value, dict):
        inside = [found for part in value.values() for found in estimates(part)]
        return [*([value] if {"estimate", "low", "high"} <= set(value) else []), *inside]
    return [found for part in value for found in estimates(part)] if isinstance(value, list) else []


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(studies())
def test_any_study_has_a_summary_of_figures_or_of_reasons(observations: Observations) -> None:
    figures = summarise_study(observations, margin=0.05).as_dict()

    assert set(figures) >= NEW
    assert all(map(isfinite, numbers(figures)))
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    for estimate in estimates(figures):
        if estimate["estimate"] is None:
            assert estimate["reason"]
        elif estimate["low"] is None:
            assert estimate["high"] is None
            assert estimate["method"]
        else:
            assert estimate["low"] <= estimate["estimate"] + 1e-12
            assert estimate["estimate"] <= estimate["high"] + 1e-12

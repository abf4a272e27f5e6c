"""The answers as one typed table: nothing is lost on the way into it, and what is not there is missing."""

from dataclasses import fields, replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studies.answers.frame import answers_frame
from studies.answers.observations import observations_of
from studies.answers.rows import AnswerRow
from studies.trial_types import TRIAL_TYPES, TrialType
from tests.studies.exports.rows import ROW, rows

TYPES = {
    "subset": "Int64",
    "rating": "Int64",
    "confidence": "Int64",
    "grade": "Int64",
    "place_x": "Int64",
    "place_y": "Int64",
    "place_hit": "boolean",
    "place_share": "Float64",
    "position": "Int64",
    "showing": "Int64",
    "rt_ms": "Int64",
    "focus_losses": "Int64",
    **dict.fromkeys(
        (
            "linf",
            "l2",
            "psnr",
            "ssim",
            "ciede2000_mean",
            "ciede2000_p95",
            "ciede2000_above_1",
            "flip",
            "ssimulacra2",
            "colorvideovdp",
        ),
        "Float64",
    ),
    "refresh_hz": "Float64",
    "flicker_hz": "Float64",
    "frames": "Int64",
    "late_frames": "Int64",
    "flicker_stopped": "boolean",
    "strength": "Float64",
    "pixel_ratio": "Float64",
    "simulated": "boolean",
    "shown_whole": "boolean",
    "served_at": "datetime64[us, UTC]",
    "answered_at": "datetime64[us, UTC]",
}


class AskedYesNo:
    """A study that asks of one image whether it is perturbed, for a diagnosis too, of two sets of images."""

    trials: TrialType = TRIAL_TYPES["yes_no_confidence"]
    asks_diagnosis = True
    n_subsets = 2
    draws_from_pool = False
    attack_names: tuple[str, ...] = ()
    control_name = ""
    group_names: tuple[str, ...] = ()


def values_of(frame: pd.DataFrame, name: str) -> list[object]:
    """Return a column as `AnswerRow` has it."""
    empty = "" if frame[name].dtype == "category" else None
    found = [empty if pd.isna(value) else value for value in frame[name]]
    return [value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for value in found]


@pytest.mark.parametrize("answered", [[], [ROW], [ROW, replace(ROW, rt_ms=None, served_at=None, pixel_ratio=None)]])
def test_every_column_has_its_type_whatever_is_missing(answered: list[AnswerRow]) -> None:
    frame = answers_frame(answered)

    assert list(frame.columns) == [field.name for field in fields(AnswerRow)]
    assert {name: str(dtype) for name, dtype in frame.dtypes.items()} == {
        name: TYPES.get(str(name), "category") for name in frame.columns
    }
    assert len(frame) == len(answered)


@settings(max_examples=40)
@given(st.lists(rows, max_size=4))
def test_the_table_holds_what_the_rows_hold(answered: list[AnswerRow]) -> None:
    frame = answers_frame(answered)

    for field in fields(AnswerRow):
        assert values_of(frame, field.name) == [getattr(row, field.name) for row in answered]


def test_an_empty_text_is_missing_and_categories_stand_as_they_first_appear() -> None:
    frame = answers_frame([replace(ROW, diagnosis=diagnosis) for diagnosis in ("nv", "", "mel", "nv")])

    assert frame["diagnosis"].isna().tolist() == [False, True, False, False]
    assert list(frame["diagnosis"].cat.categories) == ["nv", "mel"]
    assert frame["second_item"].isna().all()


def test_a_moment_keeps_its_microseconds() -> None:
    moment = datetime(2026, 11, 28, 9, 30, 1, 250, tzinfo=UTC)

    (kept,) = answers_frame([replace(ROW, answered_at=moment)])["answered_at"]

    assert kept == moment
    assert kept.isoformat() == "2026-11-28T09:30:01.000250+00:00"


def test_stimuli_of_one_image_at_several_strengths_are_known_to_be_of_one_image() -> None:
    shown = [("S01", "moles/1.png", 4.0), ("S02", "moles/1.png", 8.0), ("S03", "moles/2.png", 4.0)]

    observations = observations_of(
        AskedYesNo(), [replace(ROW, item=item, image=image, strength=strength) for item, image, strength in shown]
    )

    assert observations.items == ("S01", "S02", "S03")
    assert observations.image is not None
    assert observations.image.tolist() == [0, 0, 1]


def test_the_analysis_takes_its_arrays_from_the_table() -> None:
    answered = [
        replace(ROW, observer="B", item="S02", diagnosis_answered="nv", confidence=1, rating=3, subset=2),
        replace(ROW, observer="A", item="S01", truth="clean", diagnosis="", diagnosis_answered="mel", rt_ms=None),
        replace(ROW, observer="B", item="S01", response="perturbed", role="catch", strength=20.0, subset=None),
    ]

    observations = observations_of(AskedYesNo(), answered)

    assert (observations.observers, observations.items, observations.diagnoses) == (("B", "A"), ("S02", "S01"), ("nv",))
    for given_array, wanted in (
        (observations.observer, [0, 1, 0]),
        (observations.item, [0, 1, 1]),
        (observations.diagnosis, [0, -1, 0]),
        (observations.truth, [True, False, True]),
        (observations.response, [0, 0, 1]),
        (observations.catch, [False, False, True]),
        (observations.rating, [3, np.nan, np.nan]),
        (observations.second, [1, 0, -1]),
        (observations.rt_ms, [640, np.nan, 640]),
        (observations.strength, [4, 4, 20]),
        (observations.position, [1, 1, 1]),
        (observations.subset_of_observer, [2, 0]),
        (observations.subset_of_item, [2, 0]),
    ):
        np.testing.assert_array_equal(given_array, np.array(wanted))

"""How long a session takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studies.design.drafts.duration import (
    ASSUMED_RESPONSE_MS,
    FEWEST_ANSWERS,
    ResponseTime,
    assumptions_text,
    duration_text,
    earlier_response_time,
    session_duration,
)
from studies.languages import ENGLISH
from studies.models import Answer, Study
from studies.models.texts.consent import CONSENT
from tests.studies.factories import answer_trials, make_open_study, make_session, make_study

FIVE_SECONDS = ResponseTime(5_000, 0)


def study(**fields: object) -> Study:
    return Study(**{"title": "T", "n_perturbed": 30, "n_clean": 20, "trial_type": "yes_no"} | fields)


def test_it_is_made_of_trials_practice_and_texts() -> None:
    duration = session_duration(study(n_practice=4), FIVE_SECONDS)

    assert duration.trials == 50 * 5_000
    assert duration.practice == 4 * (5_000 + 3_000)
    words = 1 + len(CONSENT.en.split()) + len(study().text("instructions", ENGLISH).split())
    assert duration.reading == pytest.approx(words * 60_000 / 238)
    assert duration_text(duration) == "A session takes about 5 minutes."
    assert assumptions_text(duration) == (
        "trials 4.2 min, practice 0.5 min, texts and questions 0.7 min; 5.0 s an answer (assumed), 238 words a minute."
    )


@pytest.mark.parametrize(
    ("fields", "longer_by"),
    [
        ({"fixation_ms": 500}, 50 * 500),
        ({"pause_ms": 250}, 50 * 250),
        ({"display_ms": 100}, 0),
        ({"display_ms": 6_000}, 50 * 1_000),
        ({"asks_diagnosis": True}, 50 * 3_000),
        ({"trial_type": "yes_no_confidence"}, 50 * 3_000),
        ({"n_catch": 2}, 2 * 5_000),
        ({"break_every": 25}, 30_000),
        ({"break_every": 50}, 0),
    ],
)
def test_what_makes_the_trials_longer(fields: dict[str, object], longer_by: float) -> None:
    usual = session_duration(study(), FIVE_SECONDS)

    assert session_duration(study(**fields), FIVE_SECONDS).trials == usual.trials + longer_by


@pytest.mark.parametrize(
    "fields",
    [{"consent_text": "word " * 1000}, {"questionnaire": "Age: number 1-9"}, {"asks_calibration": True}],
)
def test_what_makes_the_rest_longer(fields: dict[str, object]) -> None:
    assert session_duration(study(**fields), FIVE_SECONDS).reading > session_duration(study(), FIVE_SECONDS).reading


def test_a_condition_is_no_question() -> None:
    asked = "A: number 1-9\nB: number 1-9"
    reading = session_duration(study(questionnaire=asked), FIVE_SECONDS).reading

    assert session_duration(study(questionnaire=f"{asked}\nif A = 3"), FIVE_SECONDS).reading == reading
    assert session_duration(study(questionnaire="A: number 1-9\nno question"), FIVE_SECONDS).reading == reading


@given(
    n_perturbed=st.integers(1, 1000),
    n_practice=st.integers(0, 50),
    fixation_ms=st.integers(0, 10_000),
    ms=st.floats(0, 60_000),
)
def test_more_of_anything_takes_no_less_time(n_perturbed: int, n_practice: int, fixation_ms: int, ms: float) -> None:
    fields: dict[str, object] = {"n_perturbed": n_perturbed, "n_practice": n_practice, "fixation_ms": fixation_ms}
    less = session_duration(study(**fields), ResponseTime(ms, 0)).minutes
    for name in fields:
        more = study(**fields | {name: fields[name] + 1})  # type: ignore[operator]
        assert session_duration(more, ResponseTime(ms, 0)).minutes >= less >= 1


@pytest.mark.django_db
def test_earlier_studies_with_such_trials_say_how_long_an_answer_takes() -> None:
    earlier = make_open_study(n_perturbed=FEWEST_ANSWERS // 2, n_clean=FEWEST_ANSWERS // 2)
    answer_trials(make_session(earlier))
    new = make_study(owner=earlier.owner, pair_set=earlier.pair_set)
    assert earlier_response_time(new) == ResponseTime(ASSUMED_RESPONSE_MS, 0)  # no times are known

    for index, answer in enumerate(Answer.objects.order_by("pk")):
        Answer.objects.filter(pk=answer.pk).update(rt_ms=1_000 + 100 * index)
    assert earlier_response_time(new) == ResponseTime(1_000 + 100 * (FEWEST_ANSWERS - 1) / 2, FEWEST_ANSWERS)
    text = assumptions_text(session_duration(new, earlier_response_time(new)))
    assert "3.5 s an answer (the median of 50 earlier answers)" in text

    for other in (
        make_study(),  # somebody else's
        make_study(owner=earlier.owner, pair_set=earlier.pair_set, trial_type="rating"),
        earlier,  # its own answers are not earlier ones
    ):
        assert earlier_response_time(other).n_answers == 0

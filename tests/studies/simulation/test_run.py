"""Simulated observers behave as the model says, and are never taken for people."""

import pytest

from studies.answers.rows import rows_of
from studies.errors import StudyError
from studies.models import Answer, Observer, Session
from studies.simulation.run import simulate_observer
from studies.simulation.simulated_observer import SimulatedObserver
from studies.trial_types import TRIAL_TYPES
from tests.studies.factories import make_open_study, make_pair_set

pytestmark = pytest.mark.django_db


def shares(dprime: float, criterion: float) -> tuple[float, float]:
    """Return the shares called perturbed of 60 perturbed and of 60 clean stimuli."""
    study = make_open_study(n_perturbed=60, n_clean=60, simulated=True)
    simulate_observer(observer=Observer.objects.get(study=study), dprime=dprime, criterion=criterion, seed=3)
    rows = rows_of(study, simulated=True)
    called = {
        truth: [row.response == "perturbed" for row in rows if row.truth == truth] for truth in ("perturbed", "clean")
    }
    return sum(called["perturbed"]) / 60, sum(called["clean"]) / 60


def test_an_observer_who_sees_everything_is_right() -> None:
    assert shares(dprime=8, criterion=0) == (1, 0)


def test_an_observer_who_sees_nothing_guesses() -> None:
    """Half of each, within four standard errors of 60 answers."""
    perturbed, clean = shares(dprime=0, criterion=0)

    assert abs(perturbed - 0.5) < 4 * (0.25 / 60) ** 0.5
    assert abs(clean - 0.5) < 4 * (0.25 / 60) ** 0.5


def test_a_strict_criterion_says_clean() -> None:
    assert shares(dprime=0, criterion=5) == (0, 0)


@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
@pytest.mark.parametrize(("dprime", "lowest", "highest"), [(10.0, 0.99, 1.0), (0.0, 0.3, 0.7)])
def test_every_trial_type_is_answered_well_or_by_guessing(
    trial_type: str, dprime: float, lowest: float, highest: float
) -> None:
    """Half right without sensitivity, within four standard errors of 100 answers; all right with plenty of it.

    But for hidden references: two looks at one image differ by so much that one of six is taken for a change.
    """
    if trial_type == "degradation":
        lowest = min(lowest, 0.84)
    study = make_open_study(
        pair_set=make_pair_set(n=102, size=4),
        trial_type=trial_type,
        n_perturbed=50,
        n_clean=50,
        n_practice=1,
        shows_score=True,
        asks_diagnosis=True,
        questionnaire="Years of practice: number 0-60 *",
        simulated=True,
    )
    simulate_observer(observer=Observer.objects.get(study=study), dprime=dprime, criterion=0, seed=5)

    session = Session.objects.get()
    assert session.score is not None
    assert session.score["total"] == 100
    assert lowest <= session.score["right"] / 100 <= highest
    answers = Answer.objects.all()
    assert answers.count() == 101
    assert {answer.diagnosis for answer in answers} == set(study.pair_set.dataset.classes)
    if trial_type == "rating":
        for answer in answers:
            assert answer.rating is not None
            assert (answer.response == "perturbed") == (answer.rating >= 4)
    assert all((answer.confidence is not None) == (trial_type == "yes_no_confidence") for answer in answers)


def test_ratings_and_confidences_grow_with_the_evidence() -> None:
    model = SimulatedObserver(dprime=1, criterion=0.5)
    evidence = [-1.5, -0.75, -0.25, 0.25, 0.75, 1.5]

    said = [model.answer("rating", [0.5 + one])["rating"] for one in evidence]
    assert said == ["1", "2", "3", "4", "5", "6"]
    said = [model.answer("yes_no_confidence", [0.5 + one])["confidence"] for one in evidence]
    assert said == ["3", "2", "1", "1", "2", "3"]
    with pytest.raises(StudyError, match="no model of an observer"):
        model.answer("something else", [0.0])


def test_a_person_is_never_simulated() -> None:
    study = make_open_study()

    with pytest.raises(StudyError, match="not marked as simulated"):
        simulate_observer(observer=Observer.objects.get(study=study), dprime=1, criterion=0, seed=1)

    assert not Session.objects.exists()


def test_the_same_seed_gives_the_same_answers() -> None:
    answers = []
    pair_set = make_pair_set(n=12)
    for _ in range(2):
        study = make_open_study(pair_set=pair_set, n_perturbed=5, n_clean=5, seed=4, simulated=True)
        observer = Observer.objects.get(study=study)
        simulate_observer(observer=observer, dprime=1, criterion=0, seed=9)
        trials = Answer.objects.filter(trial__session__observer=observer).order_by("trial__position")
        answers.append(list(trials.values_list("response", "rt_ms")))

    assert answers[0] == answers[1]

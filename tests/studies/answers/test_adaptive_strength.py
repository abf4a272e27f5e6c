"""Strengths chosen from answers: for the trial after the next one, once, from this session's answers alone."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from perception.analysis.psychometric.adaptive_choice import StrengthChooser, TrialCounts
from studies.design.lifecycle.opening import open_study
from studies.models import Answer, Observer, Session, Trial, Truth
from studies.sessions.trials import pass_over, position_of, record_answer
from studies.trial_types import TRIAL_TYPES
from tests.studies.factories import (
    begin_trials,
    make_adaptive_study,
    make_open_study,
    make_pair_set,
    make_pair_set_of_strength,
    make_study,
)
from tests.studies.observer.test_blinding import ANSWERS

pytestmark = pytest.mark.django_db

STRENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0)
SCORED = [key for key, trial_type in TRIAL_TYPES.items() if trial_type.responses]


def shown_of(trial: Trial) -> tuple[str, float, str, str]:
    """Return the right answer, the strength, the role and the image of a trial."""
    truths = [
        Truth.objects.select_related("pair__pair_set", "pair__image").get(stimulus=stimulus)
        for stimulus in trial.stimuli
    ]
    right = trial.session.observer.study.trials.expected(tuple(truth.perturbed for truth in truths))
    strength = max((truth.pair.pair_set.strength for truth in truths if truth.perturbed), default=0.0)
    assert len({truth.pair.image_id for truth in truths}) == 1
    return right, strength, truths[0].role, truths[0].pair.image.name


def answer_all(session: Session, *, seed: int = 1) -> Iterator[Trial]:
    generator = random.Random(seed)
    while (trial := position_of(session).trial) is not None:
        yield trial
        values = {choice.value for choice in session.observer.study.trials.responses}
        given: dict[str, Any] = {
            **ANSWERS[session.observer.study.trial_type],
            "response": generator.choice(sorted(values)),
        }
        assert record_answer(session=session, trial_token=trial.token, **given) is not None


@pytest.mark.parametrize("trial_type", SCORED)
def test_each_strength_is_the_choice_after_the_answers_up_to_the_last_but_one(trial_type: str) -> None:
    study = make_adaptive_study(trial_type, n_practice=2)
    session = begin_trials(Observer.objects.get(study=study))
    dealt = {trial.position: shown_of(trial) for trial in session.trials.filter(phase="series")}
    for _ in answer_all(session):
        pass

    chooser = StrengthChooser.of(STRENGTHS, forced_choice=study.trials.always_perturbed)
    trials = list(session.trials.filter(phase="series").order_by("position"))
    answers: list[tuple[float, bool]] = []
    differing = 0
    for trial in trials:
        right, strength, role, image = shown_of(trial)
        # Image, truth and side are as they were drawn; strengths alone are chosen.
        assert (right, strength > 0, role, image) == (
            dealt[trial.position][0],
            dealt[trial.position][1] > 0,
            dealt[trial.position][2],
            dealt[trial.position][3],
        )
        if trial.position <= 2:
            assert strength == dealt[trial.position][1]
        elif strength:
            assert strength == STRENGTHS[chooser.choose(TrialCounts.of(answers[: trial.position - 2], STRENGTHS))]
            differing += strength != dealt[trial.position][1]
        said = Answer.objects.get(trial=trial).response
        if study.trials.always_perturbed:
            answers.append((strength, said == right))
        else:
            answers.append((strength, said in {"perturbed", "different"}))
    assert differing > 0


def test_catch_trials_are_neither_chosen_nor_counted() -> None:
    pair_set = make_pair_set(n=30, size=4, strength=4)
    further = [make_pair_set_of_strength(pair_set, strength) for strength in (1, 2, 8, 16)]
    study = make_open_study(
        pair_set=pair_set,
        further_pair_sets=further,
        allocation="pool",
        adapts_strength=True,
        n_perturbed=8,
        n_clean=4,
        n_catch=4,
        catch_pair_set=make_pair_set_of_strength(pair_set, 30),
    )
    session = begin_trials(Observer.objects.get(study=study))
    for _ in answer_all(session):
        pass
    chooser = StrengthChooser.of(STRENGTHS, forced_choice=False)
    answers: list[tuple[int, float, bool]] = []
    chosen = 0
    for trial in session.trials.order_by("position"):
        _, strength, role, _ = shown_of(trial)
        if role == "catch":
            assert strength == 30
            continue
        if strength and trial.position > 2:
            before = [(one, said) for position, one, said in answers if position <= trial.position - 2]
            assert strength == STRENGTHS[chooser.choose(TrialCounts.of(before, STRENGTHS))]
            chosen += 1
        answers.append((trial.position, strength, Answer.objects.get(trial=trial).response == "perturbed"))
    assert chosen >= 6


def test_nothing_changes_what_was_chosen_for_a_trial_that_may_be_seen() -> None:
    """Sent twice, opened in two tabs, resumed: the current trial and the next one show what they showed."""
    study = make_adaptive_study()
    observer = Observer.objects.get(study=study)
    session = begin_trials(observer)
    token = observer.token
    seen: dict[int, bytes] = {}
    page = reverse("observer:trial", args=[token])
    for number, trial in enumerate(answer_all(session)):
        position = position_of(session)
        for one in (position.trial, position.upcoming):
            if one is not None:
                address = reverse("observer:image", args=[token, one.token])
                sent = Client().get(address)
                assert sent.status_code == 200
                assert seen.setdefault(one.pk, sent.content) == sent.content
        if number:
            before = session.trials.get(position=number)
            again = reverse("observer:answer", args=[token, before.token])
            Client().post(again, {"response": "perturbed"})
            Client().post(again, {"response": "clean"}, headers={"Accept": "application/json"})
        Client().get(page)
        Client().get(page)
        after = session.trials.filter(position=trial.position + 2).first()
        if after is not None:
            assert Client().get(reverse("observer:image", args=[token, after.token])).status_code == 404
    assert len(seen) == study.n_trials
    assert Answer.objects.filter(trial__session=session).count() == study.n_trials


def test_a_trial_that_is_passed_over_lets_the_choice_go_on() -> None:
    study = make_adaptive_study()
    session = begin_trials(Observer.objects.get(study=study))
    passed = 0
    while (trial := position_of(session).trial) is not None:
        if trial.position in {1, 2, 5}:
            pass_over(session=session, trial_token=trial.token)
            pass_over(session=session, trial_token=trial.token)
            passed += 1
        else:
            record_answer(session=session, trial_token=trial.token, response="perturbed")
    assert passed == 3
    # Everything was noticed, clean images too: the weakest strengths tell most.
    last = [shown_of(trial)[1] for trial in session.trials.order_by("position")][-8:]
    assert max(last) <= 4


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"trial_type": "rating"}, "right or wrong"),
        ({"trial_type": "degradation"}, "right or wrong"),
        ({"allocation": "shared"}, "images of their own"),
        ({"n_repeated": 2}, "shown twice"),
        ({"further_pair_sets": []}, "3 strengths are needed"),
        ({"compares_attacks": True}, "of one attack"),
    ],
)
def test_a_study_in_which_nothing_can_be_chosen_is_refused(fields: dict[str, Any], said: str) -> None:
    pair_set = make_pair_set(n=30, size=4, strength=4)
    further = [make_pair_set_of_strength(pair_set, strength) for strength in (2, 8)]
    given: dict[str, Any] = {
        "pair_set": pair_set,
        "further_pair_sets": further,
        "allocation": "pool",
        "n_perturbed": 6,
        **fields,
    }
    with pytest.raises(ValidationError) as refused:
        make_study(adapts_strength=True, **given)
    assert said in " ".join(refused.value.message_dict["adapts_strength"])


def test_all_that_stands_in_the_way_is_said_at_once() -> None:
    with pytest.raises(ValidationError) as refused:
        make_study(pair_set=make_pair_set(n=8), adapts_strength=True, trial_type="rating", n_repeated=1)

    said = " ".join(refused.value.message_dict["adapts_strength"])
    assert all(reason in said for reason in ("right or wrong", "from a pool", "show nothing twice"))


def test_a_draft_whose_trial_type_is_changed_afterwards_cannot_be_opened(client: Client) -> None:
    """The option stands on another page than the trial type and the trials shown twice."""
    pair_set = make_pair_set(n=30, size=4, strength=4)
    further = [make_pair_set_of_strength(pair_set, strength) for strength in (2, 8)]
    study = make_study(
        pair_set=pair_set, further_pair_sets=further, allocation="pool", n_perturbed=6, adapts_strength=True
    )
    client.force_login(study.owner)
    address = reverse("studies:study-step", args=[study.pk, "asked"])
    page = client.post(address, {"title": "T", "trial_type": "rating"})
    assert page.status_code == 302
    study.refresh_from_db()
    assert study.trial_type == "rating"
    with pytest.raises(ValidationError, match="right or wrong"):
        open_study(study=study, by=study.owner)

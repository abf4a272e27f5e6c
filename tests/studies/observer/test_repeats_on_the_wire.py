"""What reaches a browser of a trial that is shown a second time: as of any other trial, but for its pixels."""

from collections import defaultdict
from math import sqrt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.http import parse_http_date_safe

from studies.design.invitations import invite_observers
from studies.models import Observer, Session, Study, Trial, Truth
from studies.sessions.trials import break_is_due
from studies.trial_types import TRIAL_TYPES
from tests.studies.factories import begin_trials, make_open_study, make_pair_set
from tests.studies.observer.test_blinding import ANSWERS, expected_of, skeleton

pytestmark = pytest.mark.django_db

SESSIONS = 100


@pytest.mark.parametrize("script", [False, True])
@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_nothing_but_its_pixels_tells_that_a_trial_is_shown_again(trial_type: str, script: bool) -> None:
    study = make_open_study(
        pair_set=make_pair_set(n=12), trial_type=trial_type, n_perturbed=4, n_clean=4, n_repeated=6, break_every=4
    )
    observer = Observer.objects.get(study=study)
    session = begin_trials(observer)
    client = Client(headers={"Accept": "application/json"} if script else {})
    seen: defaultdict[tuple[str, bool], defaultdict[int, set[object]]] = defaultdict(lambda: defaultdict(set))
    bytes_of: defaultdict[tuple[int, ...], set[tuple[bytes, ...]]] = defaultdict(set)
    page = reverse("observer:trial", args=[observer.token])
    for trial in session.trials.select_related("stimulus", "second_stimulus"):
        if break_is_due(study, trial):
            client.get(page)
        is_last = trial.position == study.n_trials
        shown = client.get(f"{page}?continue={trial.position}")
        addresses = [reverse("observer:image", args=[observer.token, trial.token])]
        if trial.second_stimulus is not None:
            addresses.append(reverse("observer:second-image", args=[observer.token, trial.token]))
        images = [client.get(address) for address in addresses]
        answered = client.post(reverse("observer:answer", args=[observer.token, trial.token]), ANSWERS[trial_type])
        bytes_of[tuple(stimulus.pk for stimulus in trial.stimuli)].add(tuple(image.content for image in images))
        for kind, reply in (("page", shown), *(("image", image) for image in images)):
            told = skeleton(reply.content.decode()) if kind == "page" else len(reply.content)
            seen[kind, False][trial.showing].add((told, reply.status_code, headers_of(reply.headers)))
        before_a_break = trial.position % study.break_every == 0
        if not is_last and not before_a_break:
            told = skeleton(answered.content.decode())
            seen["answer", False][trial.showing].add((told, answered.status_code))

    assert set(Trial.objects.filter(session=session).values_list("showing", flat=True)) == {1, 2}
    for kind, by_showing in seen.items():
        assert by_showing[1] == by_showing[2], kind
        assert len(by_showing[1]) == 1, kind
    # The same pixels in the same bytes, at the same place: that an image was seen before is all there is to see.
    assert all(len(sent) == 1 for sent in bytes_of.values())
    assert "showing" not in "".join(shown.content.decode() for shown in [client.get(page)])


def headers_of(headers: object) -> tuple[tuple[str, str], ...]:
    items = dict(headers.items())  # type: ignore[attr-defined]
    return tuple(
        sorted(
            (name, value)
            for name, value in items.items()
            if name not in {"Content-Length", "Location"} and parse_http_date_safe(value) is None
        )
    )


@pytest.mark.thorough
@pytest.mark.parametrize("trial_type", TRIAL_TYPES)
def test_a_script_that_sees_the_wire_guesses_the_truth_at_chance(trial_type: str) -> None:
    """Over a hundred sessions: by position, by token, and by how often an address was met with these bytes before."""
    study = make_open_study(
        pair_set=make_pair_set(n=14, size=4),
        trial_type=trial_type,
        n_perturbed=5,
        n_clean=5,
        n_repeated=4,
        longest_run=3,
        seed=11,
    )
    labels = [f"Observer {number}" for number in range(2, SESSIONS + 1)]
    invite_observers(study=study, labels=labels, by=study.owner)
    areas: defaultdict[str, list[tuple[float, int, int]]] = defaultdict(list)
    signal = study.trials.expected((True, False))
    truths = dict(Truth.objects.filter(stimulus__study=study).values_list("stimulus_id", "perturbed"))
    for observer in Observer.objects.filter(study=study):
        trials = list(begin_trials(observer).trials.select_related("stimulus", "second_stimulus"))
        perturbed = [
            study.trials.expected(tuple(truths[stimulus.pk] for stimulus in trial.stimuli)) == signal
            for trial in trials
        ]
        assert sum(trial.showing == 2 for trial in trials) == 4
        for name, guesses in (
            ("position", [trial.position for trial in trials]),
            ("token", [trial.token for trial in trials]),
            ("repeat", [trial.showing for trial in trials]),
        ):
            areas[name].append(area(perturbed, guesses))

    for name, found in areas.items():
        mean = sum(one for one, _, _ in found) / len(found)
        error = sqrt(sum((n + m + 1) / (12 * n * m) for _, n, m in found)) / len(found)
        # Positions and repeats follow from the seed; tokens are new in each run of the tests.
        assert abs(mean - 0.5) < (4.5 if name == "token" else 1.96) * error, (name, mean, error)


def area(of_signal: list[bool], guesses: list[int] | list[str]) -> tuple[float, int, int]:
    signal = [guess for guess, there in zip(guesses, of_signal, strict=True) if there]
    noise = [guess for guess, there in zip(guesses, of_signal, strict=True) if not there]
    right = sum((one > other) + (one == other) / 2 for one in signal for other in noise)  # type: ignore[operator]
    return right / (len(signal) * len(noise)), len(signal), len(noise)


@pytest.mark.parametrize("allocation", ["shared", "pool"])
def test_repeats_leave_the_balance_of_a_pool_and_of_truths_as_it_was(allocation: str) -> None:
    pair_set = make_pair_set(n=20, size=4)
    shown = []
    for n_repeated in (0, 5):
        study = make_open_study(
            pair_set=pair_set,
            allocation=allocation,
            n_perturbed=6,
            n_clean=4,
            n_repeated=n_repeated,
            observers=8,
            seed=5,
        )
        shown.append([first_shown(study, observer) for observer in Observer.objects.filter(study=study)])

    assert shown[0] == shown[1]


def first_shown(study: Study, observer: Observer) -> set[tuple[str, bool]]:
    begin_trials(observer)
    trials = Trial.objects.filter(session=Session.objects.get(observer=observer), showing=1)
    found = {(trial.stimulus.name, expected_of(study, trial) == "perturbed") for trial in trials}
    assert len(found) == 10
    again = Trial.objects.filter(session__observer=observer, showing=2).select_related("stimulus")
    perturbed = [expected_of(study, trial) == "perturbed" for trial in again]
    assert sum(perturbed) == round(0.6 * len(perturbed))
    return found

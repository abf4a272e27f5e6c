"""What a script can guess of a trial that asks for a place from the wire alone: all that it is sent but the pixels."""

from collections import defaultdict
from time import perf_counter

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from scipy import stats

from studies.models import Observer, Trial, Truth
from tests.studies.factories import begin_trials, make_open_study, make_pair_set

pytestmark = [pytest.mark.django_db, pytest.mark.thorough]

SESSIONS = 100
CERTAIN = 4.0
"""Standard errors: by chance alone one run in some thousand fails, of all signs together."""


def signs_of(client: Client, token: str, trial: Trial) -> dict[str, float]:
    """Return what is told of a trial: a number a sign."""
    page = client.get(reverse("observer:trial", args=[token]))
    begun = perf_counter()
    image = client.get(reverse("observer:image", args=[token, trial.token]))
    took = perf_counter() - begun
    assert image.status_code == page.status_code == 200
    said = {"rating": "5", "place_x": "4", "place_y": "7"}
    begun = perf_counter()
    reply = client.post(
        reverse("observer:answer", args=[token, trial.token]), said, headers={"Accept": "application/json"}
    )
    replied = perf_counter() - begun
    assert reply.json()["stored"]
    return {
        "length of the file": len(image.content),
        "length of the headers": sum(len(f"{key}{value}") for key, value in image.headers.items()),
        "time until it came": took,
        "time until the mark was stored": replied,
        "token": sum(map(ord, trial.token)),
        "position": trial.position,
    }


def test_a_script_that_sees_only_the_wire_guesses_at_chance() -> None:
    """The area under the ROC curve of each sign, over all trials of a hundred sessions, is that of chance."""
    pair_set = make_pair_set(n=10)
    for seed in range(SESSIONS // 20):
        make_open_study(
            observers=20,
            trial_type="marked_place",
            pair_set=pair_set,
            n_perturbed=4,
            n_clean=4,
            seed=seed,
            title=str(seed),
        )
    signs: defaultdict[str, list[float]] = defaultdict(list)
    truths = []
    perturbed = dict(Truth.objects.values_list("stimulus_id", "perturbed"))
    for observer in Observer.objects.all():
        client = Client()
        begin_trials(observer)
        for trial in Trial.objects.filter(session__observer=observer).order_by("position"):
            for name, value in signs_of(client, observer.token, trial).items():
                signs[name].append(value)
            truths.append(perturbed[trial.stimulus_id])

    truth = np.array(truths)
    assert len(truth) == 8 * SESSIONS
    assert truth.mean() == pytest.approx(0.5)
    for name, values in signs.items():
        of = np.array(values)
        area = stats.mannwhitneyu(of[truth], of[~truth]).statistic / (truth.sum() * (~truth).sum())
        error = np.sqrt((len(truth) + 1) / (12 * truth.sum() * (~truth).sum()))
        print(f"{name}: area {area:.3f}, by chance {0.5 - 1.96 * error:.3f} to {0.5 + 1.96 * error:.3f}")  # noqa: T201
        assert abs(area - 0.5) < CERTAIN * error, name
        if name.startswith("length"):
            assert len(set(values)) == 1, name

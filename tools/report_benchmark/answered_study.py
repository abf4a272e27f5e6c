"""A study with answers to be reported on: as many finished sessions as are asked for, stored in bulk.

Simulated observers, who answer one trial after another through the services, would take an hour. The rows are as if
people had answered: each with a sensitivity and a bias of their own, images of unequal difficulty, and times.
"""

import datetime as dt
import sys
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from studies.models import Study

MEAN_DPRIME, SD_DPRIME, SD_CRITERION, SD_IMAGE = 1.0, 0.5, 0.3, 0.5
MEAN_LOG_RT, SD_LOG_RT = 8.0, 0.6  # of the response time in milliseconds
DISPLAY = {"visible": 1, "focus_losses": 0, "pixel_ratio": 1.0}
AT_ONCE = 500
"""So many rows are inserted by one statement."""


def make_answered_study(*, sessions: int, n_perturbed: int, n_clean: int, image_size: int) -> "Study":
    """Return a closed study that so many people have finished."""
    from studies.design.invitations import MOST_AT_ONCE
    from studies.design.lifecycle import close_study
    from tools.web_benchmark.prepared_study import invite, make_study

    study = make_study(n_perturbed=n_perturbed, n_clean=n_clean, image_size=image_size)
    for first in range(0, sessions, MOST_AT_ONCE):
        invite(study, min(MOST_AT_ONCE, sessions - first))
        _answer(study, seed=first)
    return close_study(study=study, by=study.owner)


def _answer(study: "Study", *, seed: int) -> None:
    """Let everybody who has not begun go through their sessions."""
    from django.utils import timezone

    from studies.models import Answer, Session, Trial, Truth

    generator = np.random.default_rng(seed)
    began = timezone.now()
    observers = list(study.observers.filter(session=None))
    sessions = Session.objects.bulk_create(
        [
            Session(
                observer=observer,
                consent_sha256="0" * 64,
                consented_at=began,
                instructed_at=began,
                finished_at=began + dt.timedelta(minutes=10),
            )
            for observer in observers
        ],
        batch_size=AT_ONCE,
    )
    perturbed = dict(Truth.objects.filter(stimulus__study=study).values_list("stimulus_id", "perturbed"))
    pk_of = dict(study.stimuli.values_list("number", "pk"))
    of_image = dict(zip(sorted(pk_of.values()), np.random.default_rng(0).normal(0, SD_IMAGE, len(pk_of)), strict=True))
    for observer, session in zip(observers, sessions, strict=True):
        sequence = observer.plan or {}
        trials = Trial.objects.bulk_create(
            [
                Trial(session=session, phase=phase, position=position, stimulus_id=pk_of[shown[0]], served_at=began)
                for phase in (Trial.Phase.PRACTICE, Trial.Phase.SERIES)
                for position, shown in enumerate(sequence[phase.value], start=1)
            ]
        )
        dprime, criterion = generator.normal(MEAN_DPRIME, SD_DPRIME), generator.normal(0, SD_CRITERION)
        impressions = generator.normal(size=len(trials)) - criterion
        times = generator.lognormal(MEAN_LOG_RT, SD_LOG_RT, len(trials))
        Answer.objects.bulk_create(
            Answer(
                trial=trial,
                response="perturbed"
                if impression + dprime * (perturbed[trial.stimulus_id] - 0.5) + of_image[trial.stimulus_id] > 0
                else "clean",
                answered_at=began + dt.timedelta(seconds=trial.position),
                rt_ms=int(time),
                display=DISPLAY,
            )
            for trial, impression, time in zip(trials, impressions, times, strict=True)
        )


def main(sessions: int, n_perturbed: int, n_clean: int, image_size: int) -> None:
    """Make the tables and the study, and print its key."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    study = make_answered_study(sessions=sessions, n_perturbed=n_perturbed, n_clean=n_clean, image_size=image_size)
    sys.stdout.write(f"{study.pk}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

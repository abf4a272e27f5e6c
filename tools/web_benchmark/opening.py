"""A large study that is opened by the worker while observers of another one answer."""

from django.utils import timezone

from ml.models import Run
from studies.design.invitations import MOST_AT_ONCE, invite_observers, next_labels
from studies.design.lifecycle import create_study
from studies.design.lifecycle.long_work import ask_for
from studies.models import Study
from studies.models.study_state import OPEN
from tools.web_benchmark.prepared_study import make_pair_set

IMAGE_SIZE = 64
"""Side of its images in pixels: what others wait for are its rows, not its files."""
OBSERVERS = 200
SHOWN = 25
"""Perturbed images that an observer of it sees, and as many clean ones."""


def make_draft(stimuli: int, *, like: Study) -> Study:
    """Return a draft, with observers, that shows its observers images from a pool: so many stimuli in all, about."""
    study = create_study(
        by=like.owner,
        title="Opened meanwhile",
        pair_set=make_pair_set(stimuli // 2 + SHOWN, IMAGE_SIZE, name="opened meanwhile"),
        allocation=Study.Allocation.POOL,
        pool_size=stimuli // 2,
        n_perturbed=SHOWN,
        n_clean=SHOWN,
        seed=1,
    )
    for first in range(0, OBSERVERS, MOST_AT_ONCE):
        labels = next_labels(study, min(MOST_AT_ONCE, OBSERVERS - first))
        invite_observers(study=study, labels=labels, by=study.owner)
    return study


def begin_opening(study: Study) -> Run:
    """Ask the worker for the opening."""
    return ask_for(OPEN, study=study, by=study.owner)


def told(run: Run, longest: dict[str, float]) -> str:
    """Say how the opening went, and the longest that an observer waited for each kind of request meanwhile, in ms."""
    run.refresh_from_db()
    took = ((run.finished_at or timezone.now()) - (run.started_at or run.created_at)).total_seconds()
    stimuli = Study.objects.get(uid=run.options["study"]).stimuli.count()
    waits = ", ".join(f"{kind} {1000 * seconds:.0f} ms" for kind, seconds in longest.items())
    return f"meanwhile a study of {stimuli:,} stimuli was opened: {run.state} after {took:.0f} s; longest: {waits}"

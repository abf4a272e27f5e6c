"""What a run was asked to make, how long it took, and the page of what it made."""

import datetime as dt

from django.db import models
from django.urls import reverse

from ml.models import Attack, Classifier, Dataset, PairSet, Run

PAGES: dict[type[models.Model], str] = {
    Dataset: "ml:dataset-detail",
    Classifier: "ml:classifier-detail",
    Attack: "ml:attack-detail",
    PairSet: "ml:pair-set-detail",
}


def subject_of(run: Run) -> str:
    """Return the name of what the run is to make, or of the pair set that it measures."""
    options = run.options
    return str(options.get("name") or options.get("pair_set") or f"run {run.pk}")


def time_taken(run: Run) -> dt.timedelta | None:
    """Return how long the run worked, the last time that it did; None if it has not ended or never began."""
    return run.finished_at - run.started_at if run.started_at and run.finished_at else None


def result_page(run: Run) -> str | None:
    """Return the address of what the run made; None if it made nothing, or that is not there any more."""
    if not run.result:
        return None
    for model, page in PAGES.items():
        if run.result.get("kind") == model._meta.verbose_name:
            return _page(model, page, run.result.get("name"))
    # A measurement stands on the page of the pairs that were measured.
    return _page(PairSet, PAGES[PairSet], run.options.get("pair_set"))


def _page(model: type[models.Model], page: str, name: str | None) -> str | None:
    row = model._default_manager.filter(name=name).first()
    return reverse(page, args=[row.pk]) if row else None

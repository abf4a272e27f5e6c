"""The researcher's pages of runs: what is queued, how far it is, how it ended; cancel, resume, discard."""

import datetime as dt
from collections.abc import Callable, Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ml.errors import MlError
from ml.models import Attack, Classifier, Dataset, PairSet, Run
from ml.models.owned import Owned
from ml.pages.access import own, signed_in
from ml.pages.curve_table import table_of
from ml.pages.option_table import option_lines, version_lines
from ml.runs.lifecycle import can_resume, cancel, discard
from ml.runs.status import abandoned_runs, no_worker_in_sight, state_of
from ml.tasks import resume
from ml.templatetags.curves import named_in_page_language
from perception.core.lists.pages import page_of


@login_required
@require_safe
def run_list(request: HttpRequest) -> HttpResponse:
    """List the runs, the newest first."""
    user = signed_in(request)
    runs = Run.objects.visible_to(user).select_related("owner").defer("curve")
    page = page_of(runs, request.GET)
    made = results_of(list(page), user)
    abandoned = set(abandoned_runs().filter(pk__in=[run.pk for run in page]).values_list("pk", flat=True))
    rows = [
        (run, run.pk in abandoned, subject_of(run), _page_of_result(made.get(run.pk)), time_taken(run)) for run in page
    ]
    return render(request, "ml/runs/list.html", {"page": page, "rows": rows, "no_worker": no_worker_in_sight()})


@login_required
@require_safe
@never_cache
def run_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one run; the page watches it while it is on its way."""
    run = get_object_or_404(Run.objects.select_related("owner"), pk=pk)
    made = results_of([run], signed_in(request)).get(run.pk)
    context = {
        "run": run,
        "made": made,
        "goes_on": made is not None and run.kind in MAKES and made.may_be_used_by(signed_in(request)),
        "subject": subject_of(run),
        "state": state_of(run),
        "table": table_of(run.curve),
        "options": option_lines(run.options),
        "versions": version_lines(run.versions),
        "page_of_result": _page_of_result(made),
        "took": time_taken(run),
        "can_resume": can_resume(run),
        "may_change": run.may_be_changed_by(signed_in(request)),
    }
    return render(request, "ml/runs/detail.html", context)


@login_required
@require_safe
@never_cache
def run_state(request: HttpRequest, pk: int) -> JsonResponse:
    """Say how far a run is, for the page that watches it."""
    run = get_object_or_404(Run, pk=pk)
    return JsonResponse({**state_of(run), "curve": named_in_page_language(run.curve)})


@login_required
@require_POST
def run_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the end of a queued or running run."""
    return _act(request, pk, cancel, gettext("The run was asked to end. A running one does so after its present step."))


@login_required
@require_POST
def run_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue a run again that was cut off."""
    return _act(request, pk, resume, gettext("It is queued again and goes on from where it was."))


@login_required
@require_POST
def run_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove what a run left that was cut off."""
    return _act(request, pk, discard, gettext("What it had done is removed."))


def _act(request: HttpRequest, pk: int, action: Callable[[Run], None], done: str) -> HttpResponse:
    run = own(request, Run, pk)
    try:
        action(run)
    except MlError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("ml:run-detail", pk)


MAKES = frozenset(Run.Kind.values) - {
    Run.Kind.EVALUATE_ATTACK,
    Run.Kind.MEASURE_SURVIVAL,
    Run.Kind.MEASURE_VISIBILITY,
    Run.Kind.TRAIN_MODEL_OBSERVER,
    Run.Kind.OPEN_STUDY,
    Run.Kind.MAKE_REPORT,
}
"""The kinds of run that make something that the next step begins with; the others measure what is there."""

PAGES: dict[type[Owned], str] = {
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


def _page_of_result(made: Owned | None) -> str | None:
    """Return the address of what a run made; None where there is nothing."""
    return None if made is None else reverse(PAGES[type(made)], args=[made.pk])


def results_of(runs: Sequence[Run], user: User) -> dict[int, Owned]:
    """Return by its number what each run made, or the pairs that it measured (one query a kind).

    Runs are left out that made nothing, or nothing that `user` sees (any more).
    """
    wanted = {run: named for run in runs if (named := _named_result(run)) is not None}
    found: dict[tuple[type[Owned], str], Owned] = {}
    for model in PAGES:
        names = {name for kind, name in wanted.values() if kind is model}
        if names:
            rows = model.objects.visible_to(user).filter(Q(("name__in", names)))
            found |= {(model, str(row)): row for row in rows}
    made = {run: found.get(named) for run, named in wanted.items()}
    return {run.pk: row for run, row in made.items() if row is not None and not _is_newer(row, run)}


def _named_result(run: Run) -> tuple[type[Owned], str] | None:
    """Return of which kind the result of a run is, and its name; None where there is none."""
    if not run.result:
        return None
    kind = run.result.get("kind")
    model = next((model for model in PAGES if model._meta.verbose_name == kind), None)
    # A measurement stands on the page of the pairs that were measured.
    name = run.result.get("name") if model else run.options.get("pair_set")
    return (model or PairSet, name) if name else None


def _is_newer(row: Owned, run: Run) -> bool:
    """Whether a row was made after a run ended: it is another of that name, and the run's own was deleted."""
    return (
        isinstance(row, Dataset | Classifier | Attack | PairSet)
        and run.finished_at is not None
        and row.created_at > run.finished_at
    )

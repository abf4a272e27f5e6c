"""What follows from a draft while it is typed: how long a session takes, and whether there are images enough."""

from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from ml.models.pair_set import PairSet
from studies.design.drafts.duration import assumptions_text, duration_text, earlier_response_time, session_duration
from studies.design.drafts.supply import image_supply, supply_text
from studies.design.options import OPTIONS, STEPS
from studies.models.study import Study
from studies.researcher.access import own_study, researcher
from studies.researcher.study_form import StudyForm

_STEPS_BY_KEY = {step.key: step for step in STEPS}


@login_required
@require_POST
def study_estimate(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Answer with the estimates for what the form of a step holds now; nothing is saved.

    What is wrong in it counts as it was saved: the form itself tells it when it is sent.
    """
    if key not in _STEPS_BY_KEY:
        raise Http404(f"no step of a study is called {key}")
    study = own_study(request, pk)
    form = StudyForm(request.POST, step=_STEPS_BY_KEY[key], instance=own_study(request, pk), by=researcher(request))
    form.is_valid()
    given = dict(form.cleaned_data)
    further = given.pop("further_pair_sets", study.further_pair_sets.all())
    for name, value in given.items():
        if value is not None or OPTIONS[name].may_be_emptied:
            setattr(study, name, value)
    return render(request, "researcher/making/estimate.html", estimate_context(study, further))


def estimate_context(study: Study, further: Iterable[PairSet]) -> dict[str, object]:
    """Return what the page says of the length of a session, and of the images that it takes.

    Parameters
    ----------
    further
        The image pairs of the study's further strengths.
    """
    duration = session_duration(study, earlier_response_time(study))
    uses = image_supply(study, further)
    return {
        "duration": duration_text(duration),
        "duration_assumed": assumptions_text(duration),
        "supply": [(supply_text(use), use.lacking) for use in uses],
    }

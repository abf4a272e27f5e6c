"""The trials, as observers meet them: page, answer, images, feedback on practice.

An import contract keeps the truth out of this module's reach.
"""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_safe

from studies.errors import IncompleteAnswerError, StudyError, StudyPausedError
from studies.models.session import Session
from studies.models.study import Study
from studies.models.trial import Trial
from studies.observer.access import Visit, observer_page, see_other, visit_of
from studies.observer.form_data import read_display, read_responses, read_rt_ms, wants_json
from studies.observer.image_response import stimulus_response
from studies.observer.next_step import step_after
from studies.observer.pages import read_or_send
from studies.observer.return_way import way_of_session
from studies.observer.shown_pages import (
    PAUSED,
    break_page,
    end_page,
    feedback_page,
    no_image_page,
    not_open,
    refused_page,
    trial_page,
)
from studies.sessions.practice import feedback_on
from studies.sessions.stage import Stage
from studies.sessions.stimulus_check import UnfitStimulusError, check_stimuli
from studies.sessions.trials import (
    break_is_due,
    mark_served,
    pass_over,
    position_of,
    record_answer,
    stimulus_to_serve,
    trial_of,
)


@require_safe
@observer_page
def trial(visit: Visit) -> HttpResponse:
    """Show the current trial, whichever page the browser thinks it is on; a break before it, if one is due.

    After the last one, the end.
    """
    if visit.session is None or visit.stage not in {Stage.TRIALS, Stage.END}:
        return visit.to_stage()
    if visit.stage == Stage.END:
        return end_page(visit, way_of_session(visit.observer, visit.session))
    if visit.study.state != Study.State.OPEN:
        return not_open(visit)
    position = position_of(visit.session)
    if position.trial is None:
        # Finished in another window, or erased, a moment ago.
        again = visit_of(visit.request, visit.observer.token)
        if again.stage != Stage.TRIALS:
            return again.to_stage()
        raise RuntimeError(f"{visit.session} has no trial left, and is not finished")
    if break_is_due(visit.study, position.trial) and visit.request.GET.get("continue") != str(position.trial.position):
        return break_page(visit, position, position.trial)
    try:
        check_stimuli(position.trial.stimuli, visit.observer)
    except UnfitStimulusError:
        return no_image_page(visit, position.trial)
    mark_served(position.trial)
    return trial_page(visit, position, position.trial)


@read_or_send
@observer_page
def answer(visit: Visit, trial_token: str) -> HttpResponse:
    """Store an answer and go on. A repeated or stale answer changes nothing and leads to the current trial.

    So does its address without an answer: a browser that is started again may open the page that said what is missing.
    """
    if visit.session is None or visit.request.method != "POST":
        return visit.to_stage()
    if "not_shown" in visit.request.POST:
        return _go_on_without(visit, visit.session, trial_token)
    responses = read_responses(visit.request.POST)
    try:
        position = record_answer(
            session=visit.session,
            trial_token=trial_token,
            rt_ms=read_rt_ms(visit.request.POST),
            display=read_display(visit.request.POST),
            **responses,
        )
    except IncompleteAnswerError as error:
        return _incomplete(visit, str(error), responses)
    except StudyPausedError:
        return _paused(visit)
    except StudyError as error:
        return _refused(visit, str(error))
    answered = trial_of(visit.session, trial_token) if position is not None else None
    if wants_json(visit.request):
        step = step_after(visit, position or position_of(visit.session), answered)
        return JsonResponse({"stored": position is not None, **step}, status=200 if position is not None else 409)
    if answered is not None and answered.phase == Trial.Phase.PRACTICE:
        return see_other(visit.url("observer:feedback", trial_token))
    return see_other(visit.url("observer:trial"))


@require_GET
def image(request: HttpRequest, token: str, trial_token: str, index: int = 1) -> HttpResponse:
    """Send an image of the current trial or, to be fetched ahead, of the next: same headers, same length for all."""
    visit = visit_of(request, token)
    stimulus = None
    if visit.session is not None:
        stimulus = stimulus_to_serve(session=visit.session, trial_token=trial_token, index=index)
    if stimulus is None:
        raise Http404
    return stimulus_response(stimulus, visit.observer)


@require_safe
@observer_page
def feedback(visit: Visit, trial_token: str) -> HttpResponse:
    """Tell whether the answer to a practice trial was right; for any other trial, lead to the current one."""
    if visit.session is None or visit.stage != Stage.TRIALS:
        return visit.to_stage()
    if visit.study.state != Study.State.OPEN:
        return not_open(visit)
    told = feedback_on(session=visit.session, study=visit.study, trial_token=trial_token)
    if told is None:
        return visit.to_stage()
    try:
        check_stimuli(told.trial.stimuli, visit.observer)
    except UnfitStimulusError:  # its image went after the answer: no feedback without it
        return visit.to_stage()
    return feedback_page(visit, told)


def _go_on_without(visit: Visit, session: Session, trial_token: str) -> HttpResponse:
    """Pass a trial over, if an image of it cannot be shown now; whatever can be shown is shown."""
    trial = trial_of(session, trial_token)
    try:
        check_stimuli(() if trial is None else trial.stimuli, visit.observer)
    except UnfitStimulusError:
        try:
            pass_over(session=session, trial_token=trial_token)
        except StudyPausedError:
            return not_open(visit)
        except StudyError as error:
            return refused_page(visit, str(error))
    return see_other(visit.url("observer:trial"))


def _incomplete(visit: Visit, message: str, given: Mapping[str, str]) -> HttpResponse:
    """Show the trial again, with what was chosen, and say what is missing."""
    if visit.session is None or wants_json(visit.request):
        return _refused(visit, message)
    position = position_of(visit.session)
    if position.trial is None:
        return visit.to_stage()
    return trial_page(visit, position, position.trial, error=message, given=given)


def _refused(visit: Visit, message: str) -> HttpResponse:
    if wants_json(visit.request):
        return JsonResponse({"stored": False, "error": message}, status=422)
    return refused_page(visit, message)


def _paused(visit: Visit) -> HttpResponse:
    """Say that the study pauses. A browser with JavaScript keeps the answer, and sends it once the study goes on."""
    if not wants_json(visit.request):
        return not_open(visit, is_sent=True)
    return JsonResponse({"stored": False, "paused": True, "url": visit.url("observer:trial")}, status=PAUSED)

"""The pages that observers read: welcome, questionnaire, instructions, comments, withdrawal.

An import contract keeps the truth out of this module's reach.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from studies.data_protection.erasure import may_withdraw_later, withdraw_later
from studies.errors import StudyError
from studies.models.study import Study
from studies.models.study_state import OVER
from studies.observer.access import Visit, observer_page, see_other, visit_of
from studies.observer.form_data import read_start_display
from studies.observer.image_response import stimulus_response
from studies.observer.shown_pages import (
    WARNING,
    comments_page,
    consent_file,
    consent_page,
    data_page,
    gone_page,
    instructions_page,
    leave_later_page,
    leave_page,
    not_open,
    personal_link_over_page,
    questions_page,
    warning_due,
    welcome_page,
)
from studies.questionnaire import Reading
from studies.sessions.ending import withdraw
from studies.sessions.practice import example_stimuli, example_stimulus, examples_for
from studies.sessions.read_anew.rows import study_now
from studies.sessions.screening.steps import tries_made
from studies.sessions.stage import Stage
from studies.sessions.start import LinkOverError, start_session
from studies.sessions.steps import (
    answer_questionnaire,
    choose_language,
    complete_instructions,
    save_comments,
)
from studies.sessions.stimulus_check import UnfitStimulusError, check_stimuli

OUTSIDE_THE_STAGES = frozenset({"data", "consent"})
"""Pages that are read at any stage."""
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@read_or_send
@observer_page
def welcome(visit: Visit) -> HttpResponse:
    """Show what the study is and what is consented to; a POST is the consent and starts the session."""
    if visit.session is not None:
        return visit.to_stage()
    if visit.study.state not in OVER and visit.observer.link_is_over(timezone.now()):
        return personal_link_over_page(visit)
    if visit.study.state != Study.State.OPEN:
        return not_open(visit)
    if visit.request.method == "POST" and WARNING not in visit.request.POST:
        display = read_start_display(visit.request.POST)
        try:
            start_session(observer=visit.observer, language=visit.language, display=display)
        except LinkOverError:  # a moment ago
            return personal_link_over_page(visit)
        return _again(visit)
    return warning_due(visit) or welcome_page(visit, _as_it_is_now(visit))


@read_or_send
@observer_page
def questions(visit: Visit) -> HttpResponse:
    """Ask the study's questions; a POST answers them."""
    if visit.session is None or visit.stage != Stage.QUESTIONS:
        return visit.to_stage()
    is_sent = visit.request.method == "POST"
    # What was filled in before a pause is kept; the next page says that the study pauses.
    if visit.study.state != Study.State.OPEN and not (is_sent and visit.study.state == Study.State.PAUSED):
        return not_open(visit)
    reading = Reading({}, {})
    given: dict[str, str] = {}
    if is_sent:
        given = {name: str(value) for name, value in visit.request.POST.items()}
        reading = answer_questionnaire(session=visit.session, given=given)
        if not reading.errors:
            return _again(visit)
    return questions_page(visit, reading, given)


@read_or_send
@observer_page
def instructions(visit: Visit) -> HttpResponse:
    """Show the instructions, with an example where the study has practice; a POST goes on."""
    if visit.session is None or visit.stage != Stage.INSTRUCTIONS:
        return visit.to_stage()
    if visit.study.state != Study.State.OPEN:
        return not_open(visit)
    if visit.request.method == "POST":
        complete_instructions(session=visit.session)
        return _again(visit)
    examples = examples_for(visit.observer)
    try:
        check_stimuli(example_stimuli(visit.observer), visit.observer)
    except UnfitStimulusError:  # the instructions can be followed without it
        examples = []
    tries = tries_made(visit.session) if visit.study.asks_comprehension else 0
    tries_left = visit.study.comprehension_tries - tries if tries else None
    return instructions_page(visit, examples, tries_left=tries_left)


@require_GET
def example(request: HttpRequest, token: str, index: int) -> HttpResponse:
    """Send one of the two images of the example."""
    visit = visit_of(request, token)
    stimulus = example_stimulus(visit.observer, index) if visit.stage == Stage.INSTRUCTIONS else None
    if stimulus is None:
        raise Http404
    return stimulus_response(stimulus, visit.observer)


@read_or_send
@observer_page
def comments(visit: Visit) -> HttpResponse:
    """Ask for comments after the last trial; a POST leaves them, or none."""
    if visit.session is None or visit.stage != Stage.COMMENTS:
        return visit.to_stage()
    if visit.request.method == "POST":
        save_comments(session=visit.session, text=visit.request.POST.get("comments", ""))
        return _again(visit)
    return comments_page(visit)


@require_safe
@observer_page
def data(visit: Visit) -> HttpResponse:
    """List what is stored of the observer, in whatever state study and session are."""
    return data_page(visit, _as_it_is_now(visit))


@require_safe
@observer_page
def consent(visit: Visit) -> HttpResponse:
    """Show the text that the observer agreed to, to keep, in whatever state study and session are."""
    return visit.to_stage() if visit.session is None else consent_page(visit, visit.session, _as_it_is_now(visit))


@require_safe
@observer_page
def consent_text(visit: Visit) -> HttpResponse:
    """Send the same as a file of plain text."""
    return visit.to_stage() if visit.session is None else consent_file(visit, visit.session, _as_it_is_now(visit))


@read_or_send
@observer_page
def language(visit: Visit) -> HttpResponse:
    """Change the language of the pages from here on, with a POST, and go back to the page that it came from."""
    if visit.session is not None and visit.request.method == "POST":
        choose_language(session=visit.session, language=visit.request.POST.get("lang", ""))
    then = visit.request.POST.get("then", "")
    return see_other(visit.url(f"observer:{then}")) if then in OUTSIDE_THE_STAGES else visit.to_stage()


@read_or_send
@observer_page
def withdraw_page(visit: Visit) -> HttpResponse:
    """Ask whether the observer wants to withdraw; a POST does it. After the end, where the study allows it, too."""
    if may_withdraw_later(visit.observer):
        return _withdraw_later(visit)
    if visit.session is None or visit.session.is_over:
        return visit.to_stage()
    if visit.request.method == "POST":
        withdraw(session=visit.session)
        return _again(visit)
    return leave_page(visit)


def _withdraw_later(visit: Visit) -> HttpResponse:
    if visit.request.method != "POST":
        return leave_later_page(visit)
    try:
        withdraw_later(observer=visit.observer)
    except StudyError as error:  # in another tab, a moment ago
        raise Http404 from error
    return gone_page(visit)


def _as_it_is_now(visit: Visit) -> Study:
    """Return the visit's study, read anew: what it says of people and data may change while it is kept in memory."""
    return study_now(visit.study.pk)


def _again(visit: Visit) -> HttpResponse:
    """Redirect to the stage that the session is at now."""
    return visit_of(visit.request, visit.observer.token).to_stage()

"""The pages of a preview, in the order in which an observer meets them, and after them those beside the way.

A page is made by the functions that make it for observers (`studies.observer.shown_pages`): there is nothing here that
could show something else.
"""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from studies.design.drafts.duration import earlier_response_time, session_duration
from studies.errors import StudyError
from studies.models.data_protection import LaterWithdrawal
from studies.models.screening.check import VISUAL_CHECKS, Check
from studies.models.study import Study
from studies.models.study_state import StudyState
from studies.observer.return_way import ReturnWay
from studies.observer.screening.shown_pages import check_page, comprehension_page, distance_page
from studies.observer.shown_pages import (
    break_page,
    comments_page,
    consent_page,
    data_page,
    end_page,
    feedback_page,
    flicker_warning_page,
    gone_page,
    instructions_page,
    leave_later_page,
    leave_page,
    link_over_page,
    no_id_page,
    no_image_page,
    not_open,
    personal_link_over_page,
    questions_page,
    refused_page,
    trial_page,
    turned_away_page,
    welcome_page,
)
from studies.questionnaire import Reading, parse_questionnaire, read_questionnaire
from studies.researcher.preview.images import CATCH, FIRST_PRACTICE, FIRST_TRIAL, LAST_PRACTICE, SECOND_TRIAL
from studies.researcher.preview.visit import EXAMPLE_SCREEN, PreviewVisit
from studies.sessions.recruitment.arrival import ArrivalProblem
from studies.sessions.screening.visual import shown_check

EXAMPLE_WAY = ReturnWay("EXAMPLE", "https://recruiter.example/back?code=EXAMPLE")
"""What a preview shows in the place of a recruiter's code and address: each open link has its own."""


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """One page of a preview.

    Attributes
    ----------
    key
        Its name in addresses.
    title, note
        For the researcher: what it is, and what is to be known of it.
    show
        Makes the page.
    is_in
        Whether observers of a study meet it.
    is_beside
        Whether it lies beside the way from the first page to the last.
    trial
        The name of the trial whose images it shows; empty where it shows none.
    """

    key: str
    title: Promise
    note: Promise | str
    show: Callable[[PreviewVisit], HttpResponse]
    is_in: Callable[[Study], bool] = lambda study: True
    is_beside: bool = False
    trial: str = ""


def pages_of(study: Study) -> list[PreviewPage]:
    """Return the pages that observers of a study meet, those beside the way last."""
    return [page for page in PAGES if page.is_in(study)]


def _trial(visit: PreviewVisit, name: str, position: int) -> HttpResponse:
    trial = visit.trial(name, position)
    return trial_page(visit, visit.position(trial), trial)


def _with_estimate(study: Study) -> Study:
    """Return the study as it would be once it has opened, with how long observers are told that it takes."""
    if study.told_minutes is not None or study.opened_at is not None:
        return study
    study = copy(study)
    study.estimated_minutes = session_duration(study, earlier_response_time(study)).minutes
    return study


def _break(visit: PreviewVisit) -> HttpResponse:
    trial = visit.trial(FIRST_TRIAL, visit.study.break_every + 1)
    return break_page(visit, visit.position(trial), trial)


def _end(visit: PreviewVisit) -> HttpResponse:
    now, total = visit.study.created_at, visit.study.n_trials
    score = {"right": total // 2, "total": total} if visit.study.shows_score else None
    return end_page(visit.with_session(finished_at=now, commented_at=now, score=score))


def _lacking_answers(visit: PreviewVisit) -> HttpResponse:
    """Show the questions as to somebody who has sent them without an answer."""
    asked = parse_questionnaire(visit.study.questionnaire_in(visit.language))
    return questions_page(visit, read_questionnaire(asked, {}), {})


def _has_required_questions(study: Study) -> bool:
    try:
        return bool(read_questionnaire(parse_questionnaire(study.questionnaire), {}).errors)
    except StudyError:  # the page of the questions says what is wrong with them
        return False


def page_of_check(check: Check) -> str:
    """Return the key of the page of a check, as it stands in addresses."""
    return check.value.replace("_", "-")


def _check_of(check: Check) -> PreviewPage:
    """Return the page of a check in which something is looked at."""
    return PreviewPage(
        page_of_check(check),
        _CHECK_TITLES[check],
        gettext_lazy("Each observer is shown other figures. What is answered here is not judged."),
        lambda visit: check_page(visit, visit.shown_check(check), number=0, missing=frozenset(), given={}),
        is_in=lambda study: check in study.checks,
    )


def _distance(visit: PreviewVisit, display: Mapping[str, Any]) -> HttpResponse:
    return distance_page(visit, display, number=0, missing=frozenset(), given={})


_CHECK_TITLES = {
    Check.BRIGHTNESS: gettext_lazy("Check: brightness and contrast"),
    Check.COLOUR_VISION: gettext_lazy("Check: colour vision"),
    Check.ACUITY: gettext_lazy("Check: near acuity"),
}

PAGES: tuple[PreviewPage, ...] = (
    PreviewPage(
        "flicker-warning",
        gettext_lazy("Warning of flicker"),
        gettext_lazy("Shown before anything is recorded, to whoever opens a link."),
        lambda visit: flicker_warning_page(visit.without_session()),
        is_in=lambda study: study.flickers,
    ),
    PreviewPage(
        "welcome",
        gettext_lazy("Welcome and consent"),
        gettext_lazy("Whether the images fit is found out from your window, as it will be from theirs."),
        lambda visit: welcome_page(visit.without_session(), _with_estimate(visit.study)),
    ),
    PreviewPage(
        page_of_check(Check.VIEWING_DISTANCE),
        gettext_lazy("Check: viewing distance"),
        gettext_lazy("As on a screen that was measured with a card. What is answered here is not judged."),
        lambda visit: _distance(visit, EXAMPLE_SCREEN),
        is_in=lambda study: Check.VIEWING_DISTANCE in study.checks,
    ),
    PreviewPage(
        "viewing-distance-told",
        gettext_lazy("Check: viewing distance, on a screen that was not measured with a card"),
        "",
        lambda visit: _distance(visit, {}),
        is_in=lambda study: Check.VIEWING_DISTANCE in study.checks,
        is_beside=True,
    ),
    *(_check_of(check) for check in VISUAL_CHECKS),
    PreviewPage(
        "acuity-not-shown",
        gettext_lazy("Check: a screen that cannot show the rings"),
        "",
        lambda visit: check_page(
            visit,
            shown_check(visit.observer, visit.study, Check.ACUITY, {}),
            number=0,
            missing=frozenset(),
            given={},
        ),
        is_in=lambda study: Check.ACUITY in study.checks,
        is_beside=True,
    ),
    PreviewPage(
        "questions",
        gettext_lazy("Questions"),
        "",
        lambda visit: questions_page(visit, Reading({}, {}), {}),
        is_in=lambda study: bool(study.questionnaire.strip()),
    ),
    PreviewPage(
        "answers-lacking",
        gettext_lazy("Questions, an answer lacking"),
        "",
        _lacking_answers,
        is_in=_has_required_questions,
    ),
    PreviewPage(
        "instructions",
        gettext_lazy("Instructions"),
        "",
        lambda visit: instructions_page(visit, visit.examples),
    ),
    PreviewPage(
        "comprehension",
        gettext_lazy("Questions on the instructions"),
        "",
        lambda visit: comprehension_page(visit, Reading({}, {}), {}),
        is_in=lambda study: study.asks_comprehension,
    ),
    PreviewPage(
        "instructions-again",
        gettext_lazy("Instructions, after a try that did not pass"),
        "",
        lambda visit: instructions_page(visit, visit.examples, tries_left=visit.study.comprehension_tries - 1),
        is_in=lambda study: study.asks_comprehension and study.comprehension_tries > 1,
        is_beside=True,
    ),
    PreviewPage(
        "practice",
        gettext_lazy("Practice trial"),
        "",
        lambda visit: _trial(visit, FIRST_PRACTICE, 1),
        is_in=lambda study: study.n_practice > 0,
        trial=FIRST_PRACTICE,
    ),
    PreviewPage(
        "practice-right",
        gettext_lazy("Practice, after a right answer"),
        "",
        lambda visit: feedback_page(visit, visit.feedback(FIRST_PRACTICE, is_right=True)),
        is_in=lambda study: study.n_practice > 0,
        trial=FIRST_PRACTICE,
    ),
    PreviewPage(
        "practice-wrong",
        gettext_lazy("Practice, after a wrong answer to the last trial"),
        "",
        lambda visit: feedback_page(visit, visit.feedback(LAST_PRACTICE, is_right=False)),
        is_in=lambda study: study.n_practice > 0,
        trial=LAST_PRACTICE,
    ),
    PreviewPage(
        "trial",
        gettext_lazy("Trial"),
        gettext_lazy("Buttons and keys work, and lead on."),
        lambda visit: _trial(visit, FIRST_TRIAL, 1),
        trial=FIRST_TRIAL,
    ),
    PreviewPage(
        "second-trial",
        gettext_lazy("A further trial"),
        gettext_lazy("Observers come here without a new page."),
        lambda visit: _trial(visit, SECOND_TRIAL, 2),
        trial=SECOND_TRIAL,
    ),
    PreviewPage(
        "catch",
        gettext_lazy("Catch trial"),
        gettext_lazy("Observers are not told that it is one."),
        lambda visit: _trial(visit, CATCH, 3),
        is_in=lambda study: study.n_catch > 0,
        trial=CATCH,
    ),
    PreviewPage(
        "break",
        gettext_lazy("Break"),
        "",
        _break,
        is_in=lambda study: 0 < study.break_every < study.n_trials,
    ),
    PreviewPage(
        "comments",
        gettext_lazy("Comments"),
        "",
        comments_page,
        is_in=lambda study: study.asks_comments,
    ),
    PreviewPage(
        "end",
        gettext_lazy("Thank you"),
        gettext_lazy("The score, where there is one, is made up."),
        _end,
    ),
    PreviewPage(
        "flicker-declined",
        gettext_lazy("After the warning, not taking part"),
        "",
        lambda visit: flicker_warning_page(visit.without_session(), is_declined=True),
        is_in=lambda study: study.flickers,
        is_beside=True,
    ),
    PreviewPage(
        "data",
        gettext_lazy("What is stored of them"),
        gettext_lazy("Observers reach it by their link at any time."),
        lambda visit: data_page(visit, visit.study),
        is_beside=True,
    ),
    PreviewPage(
        "consent",
        gettext_lazy("What they agreed to, to keep"),
        gettext_lazy("The date is made up. Observers reach it by their link at any time."),
        lambda visit: consent_page(visit, visit.agreed_session, visit.study),
        is_beside=True,
    ),
    PreviewPage("withdraw", gettext_lazy("Withdrawing"), "", leave_page, is_beside=True),
    PreviewPage(
        "withdrawn",
        gettext_lazy("Withdrawn"),
        "",
        lambda visit: end_page(visit.with_session(withdrawn_at=visit.study.created_at)),
        is_beside=True,
    ),
    PreviewPage(
        "timed-out",
        gettext_lazy("The time is over"),
        gettext_lazy("Shown to whoever came by an open link and was away for longer than the study allows."),
        lambda visit: end_page(visit.with_session(timed_out_at=visit.study.created_at)),
        is_in=lambda study: study.abandoned_after_minutes is not None,
        is_beside=True,
    ),
    PreviewPage(
        "screened-out",
        gettext_lazy("Screened out"),
        gettext_lazy("With a code and an address, where the open link has them."),
        lambda visit: end_page(visit.with_session(screened_out_at=visit.study.created_at), EXAMPLE_WAY),
        is_beside=True,
    ),
    PreviewPage(
        "places-taken",
        gettext_lazy("All places are taken"),
        gettext_lazy("Shown by an open link."),
        lambda visit: turned_away_page(visit, EXAMPLE_WAY, is_full=True),
        is_beside=True,
    ),
    PreviewPage(
        "took-part-earlier",
        gettext_lazy("Took part in an earlier study"),
        gettext_lazy("Shown by an open link that turns such people away."),
        lambda visit: turned_away_page(visit, EXAMPLE_WAY, is_full=False),
        is_beside=True,
    ),
    PreviewPage(
        "no-id",
        gettext_lazy("An address without the recruiter’s id"),
        gettext_lazy("Shown by an open link."),
        lambda visit: no_id_page(visit, ArrivalProblem.NO_ID),
        is_beside=True,
    ),
    PreviewPage(
        "link-over",
        gettext_lazy("A link that is closed"),
        gettext_lazy("Shown by an open link that was revoked or whose time is over."),
        link_over_page,
        is_beside=True,
    ),
    PreviewPage(
        "withdraw-later",
        gettext_lazy("Withdrawing after the end"),
        "",
        leave_later_page,
        is_in=lambda study: study.later_withdrawal != LaterWithdrawal.NOT,
        is_beside=True,
    ),
    PreviewPage(
        "withdrawn-later",
        gettext_lazy("Withdrawn after the end"),
        "",
        gone_page,
        is_in=lambda study: study.later_withdrawal != LaterWithdrawal.NOT,
        is_beside=True,
    ),
    PreviewPage(
        "not-open",
        gettext_lazy("Before the study opens"),
        "",
        lambda visit: not_open(visit.in_state(StudyState.DRAFT)),
        is_beside=True,
    ),
    PreviewPage(
        "revoked",
        gettext_lazy("A personal link that was revoked"),
        gettext_lazy("Whoever has begun keeps theirs. After the deadline of a link the page says which it was."),
        lambda visit: personal_link_over_page(visit.with_link_revoked()),
        is_beside=True,
    ),
    PreviewPage(
        "paused",
        gettext_lazy("While the study pauses"),
        "",
        lambda visit: not_open(visit.in_state(StudyState.PAUSED)),
        is_beside=True,
    ),
    PreviewPage(
        "answer-in-pause",
        gettext_lazy("An answer sent while the study pauses"),
        "",
        lambda visit: not_open(visit.in_state(StudyState.PAUSED), is_sent=True),
        is_beside=True,
    ),
    PreviewPage(
        "closed",
        gettext_lazy("After the study was closed"),
        "",
        lambda visit: not_open(visit.in_state(StudyState.CLOSED)),
        is_beside=True,
    ),
    PreviewPage(
        "answer-after-closing",
        gettext_lazy("An answer sent after the study was closed"),
        "",
        lambda visit: refused_page(visit, gettext("This study takes no more answers.")),
        is_beside=True,
    ),
    PreviewPage(
        "no-image",
        gettext_lazy("An image that is not as it was stored"),
        gettext_lazy("Shown in place of the image, with a button to go on; you are told on the study’s page."),
        lambda visit: no_image_page(visit, visit.trial(FIRST_TRIAL, 1)),
        is_beside=True,
    ),
)

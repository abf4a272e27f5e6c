"""What an action does to a study, in words, before it is done: what happens, and what of it cannot be undone."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from studies.design.progress import count_by_state
from studies.models.observer import Observer
from studies.models.observer_state import ObserverState, in_state
from studies.models.session import Session
from studies.models.study import Study
from studies.models.study_state import (
    ACTIONS,
    ARCHIVE,
    CLOSE,
    DELETE,
    END_PILOT,
    OPEN,
    PAUSE,
    PILOT,
    REOPEN,
    RESTORE,
    RESUME,
    UNBLIND,
    StudyAction,
    StudyState,
)


@dataclass(frozen=True, slots=True)
class Consequences:
    """What an action does, a sentence each.

    Attributes
    ----------
    happens
        What follows from it at once.
    for_good
        What cannot be undone; empty where all can.
    """

    happens: tuple[str, ...]
    for_good: tuple[str, ...] = ()


def consequences_of(study: Study, action: StudyAction) -> Consequences:
    """Return what an action would do to a study as it is now."""
    return _CONSEQUENCES[action.name](study)


def _of_pilot(study: Study) -> Consequences:
    return Consequences(
        (
            gettext(
                "A copy of the draft, as it is now, opens for whoever you give its links to: the real thing, "
                "with the study’s own image pairs. Its images are drawn apart from those of the study."
            ),
            gettext("While the pilot runs, the study is not changed. End the pilot, and it is a draft again."),
        ),
        (
            gettext(
                "Its sessions are marked as a pilot’s for good. They are never counted: not in the report, the "
                "exports, the archive or the progress."
            ),
            gettext("The report says how many pilot sessions there were before the opening."),
        ),
    )


def _of_end_pilot(study: Study) -> Consequences:
    unfinished = Observer.objects.filter(
        in_state(ObserverState.STARTED), study__pilot_of=study, study__state=StudyState.OPEN
    ).count()
    return Consequences(
        (
            gettext(
                "The study is a draft again, and everything can be changed. Another pilot can be started after that."
            ),
            gettext("Its sessions so far are kept, and count as pilot sessions."),
        ),
        (gettext("The pilot’s links take no more answers.") + _unfinished(unfinished),),
    )


def _of_open(study: Study) -> Consequences:
    invited = Observer.objects.filter(study=study).count()
    happens = [
        gettext(
            "The images are drawn, and in which order each observer sees them. The observers’ links work from then on."
        )
        + " "
        + ngettext(
            "%(n)s observer is invited so far; further ones can be invited while it is open.",
            "%(n)s observers are invited so far; further ones can be invited while it is open.",
            invited,
        )
        % {"n": invited},
        gettext(
            "Results are hidden until it is closed. Pausing and closing it stay possible, and it closes by itself when "
            "every invited observer is done and every place of an open link is filled."
        )
        if study.closes_when_finished
        else gettext("Results are hidden until it is closed. Pausing and closing it stay possible."),
    ]
    if study.state == StudyState.PILOT:
        happens.append(gettext("The pilot ends. Whoever played it needs another link to take part in the study."))
    return Consequences(
        tuple(happens),
        (
            gettext(
                "What observers read and see is fixed, and how it will be analysed: texts, images, trials, "
                "practice, display, margin, exclusions, seed. All of it is written down as the protocol, with a "
                "hash."
            ),
            gettext("It cannot become a draft again, and cannot be deleted."),
            gettext("Once closed, it can be reopened, as you have allowed.")
            if study.may_be_reopened
            else gettext("Once closed, it cannot be reopened. If that may be needed, allow it in the draft first."),
        ),
    )


def _of_pause(study: Study) -> Consequences:
    in_progress = Observer.objects.filter(in_state(ObserverState.STARTED), study=study).count()
    return Consequences(
        (
            gettext("Observers are told that the study pauses, and that their answers are kept.")
            + " "
            + ngettext(
                "%(n)s session in progress: it goes on where it was, once you let the study go on.",
                "%(n)s sessions in progress: each goes on where it was, once you let the study go on.",
                in_progress,
            )
            % {"n": in_progress},
            gettext("An answer on its way is kept in the observer’s browser, and is taken then."),
        ),
        (gettext("The report says when the study paused, and why."),),
    )


def _of_resume(study: Study) -> Consequences:
    return Consequences((gettext("Observers’ links work again, and take each to where they were."),))


def _of_close(study: Study) -> Consequences:
    counts = count_by_state(Observer.objects.filter(study=study))
    not_begun = counts[ObserverState.INVITED]
    happens = [gettext("The report shows the results.")]
    if not_begun:
        happens.append(
            ngettext(
                "%(n)s observer has not begun: their link leads to a page that says that the study is closed.",
                "%(n)s observers have not begun: their links lead to a page that says that the study is closed.",
                not_begun,
            )
            % {"n": not_begun}
        )
    if study.kept_days is not None:
        happens.append(
            ngettext(
                "What tells who observers are is deleted %(n)s day after the closing.",
                "What tells who observers are is deleted %(n)s days after the closing.",
                study.kept_days,
            )
            % {"n": study.kept_days}
            + " "
            + (
                gettext("Their answers stay without it.")
                if study.keeps_detached_answers
                else gettext("Their answers go with it.")
            )
        )
    again = (
        gettext(
            "It can be reopened, as its protocol allows. The report then says when it was closed and reopened, "
            "and whether its results had been seen."
        )
        if study.may_be_reopened
        else gettext("It cannot be reopened: its protocol does not allow it.")
    )
    return Consequences(
        tuple(happens),
        (gettext("No more answers are taken.") + _unfinished(counts[ObserverState.STARTED]), again),
    )


def _of_unblind(study: Study) -> Consequences:
    return Consequences(
        (
            gettext(
                "You, and whoever else may see the report of this study, see its results while observers are at work."
            ),
        ),
        (gettext("The report says ever after that results were looked at early, when, and why."),),
    )


def _of_reopen(study: Study) -> Consequences:
    unfinished = Observer.objects.filter(in_state(ObserverState.STARTED), study=study, detached_at=None).count()
    happens = [
        gettext("The observers’ links work again, and further observers can be invited.")
        + " "
        + ngettext(
            "%(n)s session not finished: it goes on where it was.",
            "%(n)s sessions not finished: each goes on where it was.",
            unfinished,
        )
        % {"n": unfinished},
        gettext("Results are hidden again until it is closed."),
    ]
    if study.kept_days is not None:
        happens.append(
            gettext(
                "Whose personal data were deleted cannot go on. For all others the time counts anew, from the next "
                "closing."
            )
        )
    return Consequences(
        tuple(happens),
        (
            gettext("The report says when the study was closed and reopened, why, and that its results had been seen.")
            if study.results_were_seen
            else gettext(
                "The report says when the study was closed and reopened, why, and that its results had not been seen."
            ),
        ),
    )


def _of_archive(study: Study) -> Consequences:
    return Consequences(
        (
            gettext(
                "The study leaves the list of studies; “Archived studies” below the list leads to it. Nothing is "
                "lost: its report and its downloads stay as they are, and it can be taken back."
            ),
        )
    )


def _of_restore(study: Study) -> Consequences:
    return Consequences((gettext("The study is in the list again, as the closed study that it is."),))


def _of_delete(study: Study) -> Consequences:
    invited = Observer.objects.filter(study=study).count()
    piloted = Session.objects.filter(observer__study__pilot_of=study).count()
    lost = [gettext("The draft is deleted, with all that was written for it.")]
    if invited:
        lost.append(
            ngettext(
                "The link of %(n)s observer leads nowhere then.",
                "The links of %(n)s observers lead nowhere then.",
                invited,
            )
            % {"n": invited}
        )
    if piloted:
        lost.append(
            ngettext(
                "%(n)s pilot session with all its answers is deleted too.",
                "%(n)s pilot sessions with all their answers are deleted too.",
                piloted,
            )
            % {"n": piloted}
        )
    return Consequences((gettext("The list of what was done keeps that there was such a draft."),), tuple(lost))


def _unfinished(count: int) -> str:
    if not count:
        return ""
    said = ngettext(
        "%(n)s session is not finished: it cannot go on, and what was answered in it is not analysed.",
        "%(n)s sessions are not finished: they cannot go on, and what was answered in them is not analysed.",
        count,
    )
    return " " + said % {"n": count}


_CONSEQUENCES: dict[str, Callable[[Study], Consequences]] = {
    PILOT.name: _of_pilot,
    END_PILOT.name: _of_end_pilot,
    OPEN.name: _of_open,
    PAUSE.name: _of_pause,
    RESUME.name: _of_resume,
    CLOSE.name: _of_close,
    UNBLIND.name: _of_unblind,
    REOPEN.name: _of_reopen,
    ARCHIVE.name: _of_archive,
    RESTORE.name: _of_restore,
    DELETE.name: _of_delete,
}

CONFIRMED: tuple[StudyAction, ...] = tuple(action for action in ACTIONS if action.name in _CONSEQUENCES)
"""What is done to a study by saying yes: these have a page that says what follows, and are done by `perform`."""

"""What a study's page offers to do next: the one step that usually follows, and the others that are possible."""

from dataclasses import dataclass

from django.utils.translation import gettext, gettext_noop

from studies.design.lifecycle.consequences import CONFIRMED
from studies.design.lifecycle.performing import why_not_now
from studies.models.study import Study
from studies.models.study_state import DELETE, OPEN, RESUME, UNBLIND, StudyAction, StudyState

_NEXT = {
    StudyState.DRAFT: (
        gettext_noop(
            "Look at every page that an observer will see, play a pilot if you like, and open the study. Until "
            "then everything can be changed."
        )
    ),
    StudyState.PILOT: (
        gettext_noop(
            "Play the pilot with the links below. Then end it, to change the draft, or open the study. Nothing "
            "of the pilot is counted."
        )
    ),
    StudyState.OPEN: gettext_noop("Observers are at work. Their results are hidden until the study is closed."),
    StudyState.PAUSED: gettext_noop("No answers are taken at the moment. Let the study go on, or close it."),
    StudyState.CLOSED: gettext_noop("No more answers are taken, and the report shows the results."),
    StudyState.ARCHIVED: gettext_noop("The study is put away. Its report and downloads stay as they are."),
}


@dataclass(frozen=True, slots=True)
class NextActions:
    """What can be done to a study where it stands.

    Attributes
    ----------
    sentence
        Where it stands, and what usually comes next.
    first
        The step that usually follows; None where there is none.
    others
        The further steps, in the order of a study's life; those at the page's foot are not among them.
    deletes
        Whether it can be deleted.
    """

    sentence: str
    first: StudyAction | None
    others: tuple[StudyAction, ...]
    deletes: bool


def next_actions(study: Study, *, is_being_opened: bool = False) -> NextActions:
    """Return what a study's page offers. Unblinding is offered where results would be shown, and not here."""
    if is_being_opened:
        return NextActions(
            gettext("Nothing is to be done until it is open: observers' links work from then on."),
            None,
            (),
            deletes=False,
        )
    possible = [action for action in CONFIRMED if not why_not_now(study, action)]
    first = next((action for action in possible if action in (OPEN, RESUME)), None)
    others = tuple(action for action in possible if action not in (first, DELETE, UNBLIND))
    sentence = gettext(_NEXT[StudyState(study.state)])
    if study.state == StudyState.OPEN and study.unblinded_at is not None:
        sentence = gettext("Observers are at work. Results were unblinded, and the report says so.")
    return NextActions(sentence, first, others, DELETE in possible)

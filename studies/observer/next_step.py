"""Where an observer's browser goes from here: addresses and counts, nothing about any image."""

from typing import Any, Protocol

from studies.models.study import Study
from studies.models.trial import Trial
from studies.sessions.trial_sequence import FixedTrial
from studies.sessions.trials import FixedPosition, SessionPosition, break_is_due, goes_straight_on

Step = dict[str, Any]
AnyTrial = Trial | FixedTrial
AnyPosition = SessionPosition | FixedPosition


class Addresses(Protocol):
    """An observer's study and the addresses of their pages; a visit has them."""

    @property
    def study(self) -> Study:
        """The study."""
        ...

    def url(self, page: str, *arguments: str) -> str:
        """Return the address of a page of this observer's; the argument is the token of a trial."""
        ...


def step_at(visit: Addresses, position: AnyPosition) -> Step:
    """Return the current trial, and the one after it, for the page that shows it."""
    page = visit.url("observer:trial")
    if position.trial is None:
        return {**_nothing(position), "finished": True, "url": page, "reload": True, "next": None}
    return {
        "finished": False,
        "url": page,
        "total": position.total,
        "phase": position.trial.phase,
        **_addresses(visit, position.trial),
        "reload": False,
        "next": _next(visit, visit.study, position.trial, position.upcoming),
    }


def step_after(visit: Addresses, position: AnyPosition, answered: AnyTrial | None) -> Step:
    """Return the same as the reply to an answer: `reload` where the browser is to load the page at `url`.

    Parameters
    ----------
    position
        Where the session stands now.
    answered
        The trial that was answered; None where nothing was stored, as the trial was not the current one.
    """
    step = step_at(visit, position)
    if answered is None:
        return {**step, "reload": True}
    if answered.phase == Trial.Phase.PRACTICE:
        return {**step, "reload": True, "url": visit.url("observer:feedback", answered.token)}
    if position.trial is not None and break_is_due(visit.study, position.trial):
        return {**step, "reload": True}
    return step


def _next(visit: Addresses, study: Study, trial: AnyTrial, upcoming: AnyTrial | None) -> Step | None:
    if upcoming is None:
        return None
    return {**_addresses(visit, upcoming), "reload": not goes_straight_on(study, trial, upcoming)}


def _addresses(visit: Addresses, trial: AnyTrial) -> Step:
    images = [visit.url("observer:image", trial.token)]
    if trial.second_stimulus_id is not None:
        images.append(visit.url("observer:second-image", trial.token))
    return {
        "position": trial.position,
        "answer_url": visit.url("observer:answer", trial.token),
        "image_urls": images,
    }


def _nothing(position: AnyPosition) -> Step:
    return {
        "total": position.total,
        "phase": Trial.Phase.SERIES.value,
        "position": position.total,
        "answer_url": "",
        "image_urls": [],
    }

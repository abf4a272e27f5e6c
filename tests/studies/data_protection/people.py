"""A study with people who came as far as one can come, and told what one can tell."""

from typing import Any

from studies.data_protection.lookup import person_from
from studies.design.invitations import invite_observers
from studies.models import Observer, Study
from studies.sessions.ending import withdraw
from studies.sessions.start import start_session
from studies.sessions.steps import answer_questionnaire, complete_instructions, save_comments
from studies.sessions.trials import position_of, record_answer
from tests.studies.factories import answer_trials, make_open_study

FINISHED, UNFINISHED, WITHDRAWN, INVITED = "Willow", "Poplar", "Rowan", "Alder"
TOLD = "I saw a certain grain."
WRITTEN = "Ask Dr Secret"
DISPLAY = {"pixel_ratio": 1.625, "window_width": 1531, "window_height": 877, "visible": 1, "focus_losses": 2}


def make_study_with_people(**fields: Any) -> Study:
    """Return an open study with somebody who finished, somebody who did not, who withdrew, and who did not come."""
    usual: dict[str, Any] = {
        "questionnaire": "Years of practice: number 0-60\nRemarks: text 300",
        "asks_comments": True,
        "closes_when_finished": False,
    }
    study = make_open_study(**{"observers": 0} | usual | fields)
    invite_observers(study=study, labels=(FINISHED, UNFINISHED, WITHDRAWN, INVITED), by=study.owner)
    finish(person(study, FINISHED))
    answer_trials(_begun(person(study, UNFINISHED)), count=2)
    withdraw(session=_begun(person(study, WITHDRAWN)))
    return study


def finish(observer: Observer) -> None:
    """Let somebody answer everything, and say something at the end."""
    session = _begun(observer)
    while (trial := position_of(session).trial) is not None:
        assert record_answer(
            session=session, trial_token=trial.token, response="clean", rt_ms=1234, display=dict(DISPLAY)
        )
    save_comments(session=session, text=TOLD)


def person(study: Study, label: str) -> Observer:
    """Return the person of that label."""
    return person_from(label, study)


def _begun(observer: Observer) -> Any:
    session = start_session(observer=observer, display={"screen_width": 2763})
    answer_questionnaire(session=session, given={"q1": "37", "q2": WRITTEN})
    complete_instructions(session=session)
    return session

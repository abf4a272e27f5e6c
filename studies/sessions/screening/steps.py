"""What an observer does in a screening: each check is taken once; a repeat, or one that is not due, changes nothing."""

from collections.abc import Mapping

from django.utils import timezone

from perception.core.write_queue import write_transaction
from studies.models.screening.check import Check, CheckRule
from studies.models.screening.result import ScreeningResult
from studies.models.session import Session
from studies.models.study import Study
from studies.questionnaire import Reading, read_questionnaire
from studies.questionnaire.comprehension import n_right, parse_comprehension
from studies.sessions.ending import lock_study_that_may_close, screen_out
from studies.sessions.screening.distance import TOLD_CM, judge_distance
from studies.sessions.screening.finding import Finding
from studies.sessions.screening.recording import record_findings
from studies.sessions.screening.visual import COULD_NOT, due_check, judge, shown_check
from studies.sessions.stage import Stage, stage_of
from studies.sessions.steps import locked

NUMBER = "number"
"""The field that says which check a form was of, so that a form that is sent twice does not answer the next one."""
GIVE_UP = "cannot"
"""The field of the button for whoever cannot do a check."""


def answer_check(*, session: Session, given: Mapping[str, str]) -> frozenset[str]:
    """Store what came of the check that is due, if each figure was answered, or the observer cannot do it.

    Parameters
    ----------
    given
        What was sent, by field.

    Returns
    -------
    The fields that lack an answer: nothing was stored if there are any.
    """
    with write_transaction():
        lock_study_that_may_close(session)
        session, study = locked(session)
        check = due_check(session, study) if stage_of(session, study) == Stage.SCREENING else None
        if check is None or given.get(NUMBER) != str(session.n_screened):
            return frozenset()
        finding = _finding_of(session, study, check, given)
        if not isinstance(finding, Finding):
            return finding
        session.n_screened += 1
        session.screened_at = timezone.now()
        session.save(update_fields=["n_screened", "screened_at"])
        record_findings(session, study, [finding])
    return frozenset()


def _finding_of(session: Session, study: Study, check: Check, given: Mapping[str, str]) -> Finding | frozenset[str]:
    """Return what came of a check, or the fields that lack an answer."""
    given_up = Finding(check, passed=False, measured={COULD_NOT: True}) if given.get(GIVE_UP) else None
    if check == Check.VIEWING_DISTANCE:
        return given_up or judge_distance(study, given, session.display) or frozenset({TOLD_CM})
    shown = shown_check(session.observer, study, check, session.display)
    if not shown.figures:
        return Finding(check, passed=None, measured={} if shown.size is None else {"gap_px": round(shown.size.gap, 2)})
    if given_up:
        return given_up
    said = [given.get(name, "") for name in shown.fields]
    missing = frozenset(name for name, value in zip(shown.fields, said, strict=True) if value not in shown.choices)
    return missing or judge(shown, said)


def answer_comprehension(*, session: Session, given: Mapping[str, str]) -> Reading:
    """Store what was answered to the questions on the instructions, if nothing is missing, and go on.

    Whoever has enough right goes on to the trials. Others read the instructions again, as long as they have tries
    left; then it is as for any check that was not passed.
    """
    with write_transaction():
        lock_study_that_may_close(session)
        session, study = locked(session)
        questions = parse_comprehension(study.comprehension)
        reading = read_questionnaire([one.question for one in questions], given)
        if not reading.errors and stage_of(session, study) == Stage.COMPREHENSION:
            _record_try(session, study, reading, n_right(questions, reading))
    return reading


def tries_made(session: Session) -> int:
    """Return how often an observer has answered the questions on the instructions (one query)."""
    result = ScreeningResult.objects.filter(session=session, check_key=Check.COMPREHENSION).first()
    return 0 if result is None else len(result.measured["tries"])


def _record_try(session: Session, study: Study, reading: Reading, right: int) -> None:
    now = timezone.now()
    result, _ = ScreeningResult.objects.get_or_create(
        session=session, check_key=Check.COMPREHENSION, defaults={"at": now, "measured": {"tries": []}, "passed": False}
    )
    result.measured["tries"].append({"answers": list(reading.answers.values()), "right": right})
    result.at, result.passed = now, right >= study.least_comprehended
    result.save()
    if not result.passed and len(result.measured["tries"]) < study.comprehension_tries:
        session.asked_at = None
        session.save(update_fields=["asked_at"])
        return
    session.instructed_at = now
    session.save(update_fields=["instructed_at"])
    if not result.passed and study.rule_of(Check.COMPREHENSION) == CheckRule.END:
        screen_out(session=session, check=Check.COMPREHENSION)

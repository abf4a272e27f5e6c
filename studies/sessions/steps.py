"""What an observer does beside the trials: the questionnaire, the instructions, the comments, the language.

Each step is taken once; a repeat changes nothing, and so does a step that is not due yet.
"""

from collections.abc import Mapping

from django.utils import timezone

from perception.core.write_queue import write_transaction
from studies.languages import LANGUAGES
from studies.models.observer import Observer
from studies.models.session import Session
from studies.models.study import Study
from studies.questionnaire import Reading, parse_questionnaire, question_asking, read_questionnaire
from studies.sessions.ending import end_for_want_of_a_place, lock_study_that_may_close
from studies.sessions.read_anew.rows import locked_session
from studies.sessions.recruitment.abandonment import release_abandoned
from studies.sessions.recruitment.places import take_place
from studies.sessions.stage import Stage, stage_of
from studies.sessions.start import give_trials

LONGEST_COMMENT = 5_000  # characters


def answer_questionnaire(*, session: Session, given: Mapping[str, str]) -> Reading:
    """Store the answers to the study's questions, if nothing is missing; return what was read, with what is missing.

    A question that was not due, by what was answered to the ones before, leaves no trace. A simulated observer answers
    none: it has no years of practice.

    Where the questionnaire tells the group, whoever came by an open link gets a place of their group with it, and the
    trials; where none is left, the session ends.
    """
    with write_transaction():
        lock_study_that_may_close(session)
        session, study = locked(session)
        questions = parse_questionnaire(study.questionnaire)
        reading = read_questionnaire(questions, given)
        if session.observer.is_simulated:
            reading = Reading({}, {}, read_questionnaire(questions, {}).due)
        if not reading.errors and stage_of(session, study) == Stage.QUESTIONS:
            session.questionnaire = [
                {"question": question.text, "answer": reading.answers.get(question.name, "")}
                for question in questions
                if question.name in reading.due
            ]
            session.questionnaire_at = timezone.now()
            session.save(update_fields=["questionnaire", "questionnaire_at"])
            if study.tells_groups_by_question and not session.observer.is_simulated:
                _take_into_group(session, study, reading)
    return reading


def _take_into_group(session: Session, study: Study, reading: Reading) -> None:
    """Put an observer into the group that they have told; by an open link with a place of it, if there is one."""
    question = question_asking(parse_questionnaire(study.questionnaire), study.group_question)
    observer = Observer.objects.select_related("open_link").get(pk=session.observer_id)
    observer.group = reading.answers[question.name] if question is not None else ""
    observer.save(update_fields=["group"])
    if observer.open_link is None:
        return
    release_abandoned(study, timezone.now())
    if take_place(link=observer.open_link, group=observer.group, observer=observer) is None:
        end_for_want_of_a_place(session)
    else:
        give_trials(session)


def complete_instructions(*, session: Session) -> None:
    """Go on to the questions on the instructions, where the study asks them of people, or to the trials."""
    with write_transaction():
        session, study = locked(session)
        if stage_of(session, study) == Stage.INSTRUCTIONS:
            asks = study.asks_comprehension and not session.observer.is_simulated
            left = "asked_at" if asks else "instructed_at"
            setattr(session, left, timezone.now())
            session.save(update_fields=[left])


def save_comments(*, session: Session, text: str) -> None:
    """Store the comments, which may be empty. They are taken when the study is closed, too: the trials are over."""
    with write_transaction():
        session, study = locked(session)
        if stage_of(session, study) == Stage.COMMENTS:
            session.comments = text.replace("\0", "").strip()[:LONGEST_COMMENT]
            session.commented_at = timezone.now()
            session.save(update_fields=["comments", "commented_at"])


def choose_language(*, session: Session, language: str) -> None:
    """Show the pages in another language from now on. Nothing changes if there is none of this code."""
    if language in dict(LANGUAGES):
        Session.objects.filter(pk=session.pk).update(language=language)


def locked(session: Session) -> tuple[Session, Study]:
    """Read a session and its study anew under the lock of the session's row. To be called in a transaction."""
    session = locked_session(session.pk)
    return session, session.observer.study

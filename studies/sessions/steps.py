"""What an observer does beside the trials: the questionnaire, the instructions, the comments, the language.

Each step is taken once; a repeat changes nothing, and so does a step that is not due yet.
"""

from collections.abc import Mapping

from django.utils import timezone

from perception.core.write_queue import write_transaction
from studies.languages import LANGUAGES
from studies.models.session import Session
from studies.models.study import Study
from studies.questionnaire import Reading, parse_questionnaire, read_questionnaire
from studies.sessions.stage import Stage, stage_of

LONGEST_COMMENT = 5_000  # characters


def answer_questionnaire(*, session: Session, given: Mapping[str, str]) -> Reading:
    """Store the answers to the study's questions, if nothing is missing; return what was read, with what is missing.

    A question that was not due, by what was answered to the ones before, leaves no trace. A simulated observer answers
    none: it has no years of practice.
    """
    with write_transaction():
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
    return reading


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
    sessions = Session.objects.select_for_update(of=("self",)).select_related("observer__study")
    session = sessions.defer("observer__study__protocol").get(pk=session.pk)
    return session, session.observer.study

"""How long one observer's session is going to take: an estimate, with what it rests on.

Of the trials a study says how long each thing is shown, but not how long people think. That is the median response time
of earlier studies with such trials; where there are none, `ASSUMED_RESPONSE_MS`. What else is assumed stands below,
and is told with the figure.
"""

from dataclasses import dataclass
from statistics import median

from django.utils.translation import gettext, ngettext

from perception.core.formatting import localized
from studies.errors import StudyError
from studies.languages import ENGLISH
from studies.models.answer import Answer
from studies.models.screening.check import VISUAL_CHECKS, Check
from studies.models.study import Study
from studies.models.trial import Trial
from studies.questionnaire import parse_questionnaire
from studies.screening.viewing import DOT_MM_A_SECOND, FARTHEST_START, NEAREST_START, REPETITIONS, separation_mm

ASSUMED_RESPONSE_MS = 5_000
FURTHER_QUESTION_MS = 3_000
"""For confidence, and for the diagnosis: response times end with the first answer of a trial."""
FEEDBACK_MS = 3_000
BREAK_MS = 30_000
WORDS_A_MINUTE = 238
"""Silent reading of English prose by adults: the mean of 190 studies (Brysbaert 2019, J. Mem. Lang. 109:104047)."""
QUESTION_MS = 10_000
"""For a question of the questionnaire, whether typed or chosen."""
CHECK_MS = 60_000
"""For the page of a check with eight figures."""
DISTANCE_READING_MS = 40_000
"""For the page of the viewing distance beside what the dot takes: reading, covering an eye, pressing."""
CALIBRATION_MS = 60_000
COMMENTS_MS = 60_000
FEWEST_ANSWERS, MOST_ANSWERS = 50, 2_000
"""From so many earlier answers on their median is taken; of the latest so many."""


@dataclass(frozen=True, slots=True)
class ResponseTime:
    """How long an answer takes, from the painted image on, in ms, and how many earlier answers say so (0: assumed)."""

    ms: float
    n_answers: int


@dataclass(frozen=True, slots=True)
class SessionDuration:
    """How long a session takes, in ms.

    Attributes
    ----------
    trials
        The series with its catch trials, and breaks.
    practice
        Practice trials with their feedback.
    reading
        Consent, instructions, questionnaire, comments.
    response
        The time of an answer that it rests on.
    """

    trials: float
    practice: float
    reading: float
    response: ResponseTime

    @property
    def minutes(self) -> int:
        """The whole, in minutes, rounded, at least 1."""
        return max(1, round((self.trials + self.practice + self.reading) / 60_000))


def session_duration(study: Study, response: ResponseTime) -> SessionDuration:
    """Return how long one session of a study takes, if an answer takes so long."""
    trial = _trial_ms(study, response)
    n_breaks = (study.n_trials - 1) // study.break_every if study.break_every else 0
    return SessionDuration(
        trials=study.n_trials * trial + n_breaks * BREAK_MS,
        practice=study.n_practice * (trial + FEEDBACK_MS),
        reading=_reading_ms(study),
        response=response,
    )


def earlier_response_time(study: Study) -> ResponseTime:
    """Return the median response time in the owner's other studies with such trials; without enough, the assumed one.

    Nothing of it tells what was perturbed: all answers of people count alike.
    """
    answers = (
        Answer.objects.filter(
            trial__phase=Trial.Phase.SERIES,
            trial__session__observer__is_simulated=False,
            trial__session__observer__study__owner=study.owner_id,
            trial__session__observer__study__pilot_of__isnull=True,
            trial__session__observer__study__trial_type=study.trial_type,
            rt_ms__isnull=False,
        )
        .exclude(trial__session__observer__study=study.pk)
        .order_by("-pk")
    )
    times = [ms for ms in answers.values_list("rt_ms", flat=True)[:MOST_ANSWERS] if ms is not None]
    if len(times) < FEWEST_ANSWERS:
        return ResponseTime(ASSUMED_RESPONSE_MS, 0)
    return ResponseTime(float(median(times)), len(times))


def duration_text(duration: SessionDuration) -> str:
    """Say how long a session takes."""
    n = duration.minutes
    return ngettext("A session takes about %(n)s minute.", "A session takes about %(n)s minutes.", n) % {"n": n}


def assumptions_text(duration: SessionDuration) -> str:
    """Say of what it is made up, and what it rests on."""
    parts = [
        (gettext("trials"), duration.trials),
        (gettext("practice"), duration.practice),
        (gettext("texts and questions"), duration.reading),
    ]
    told = ", ".join(f"{name} {_minutes_text(ms)}" for name, ms in parts if ms)
    response = duration.response
    seconds = gettext("%(seconds)s s an answer") % {"seconds": localized(f"{response.ms / 1000:.1f}")}
    whence = (
        gettext("the median of %(n_answers)s earlier answers") % {"n_answers": localized(f"{response.n_answers:,}")}
        if response.n_answers
        else gettext("assumed")
    )
    return gettext("%(parts)s; %(response)s (%(whence)s), %(n)s words a minute.") % {
        "parts": told,
        "response": seconds,
        "whence": whence,
        "n": WORDS_A_MINUTE,
    }


def _trial_ms(study: Study, response: ResponseTime) -> float:
    """Return how long one trial takes: an answer comes, at the earliest, when a timed image is gone."""
    further = bool(study.trials.confidences) + study.trials.marks_place + study.asks_diagnosis
    answered = max(response.ms, study.display_ms or 0) + further * FURTHER_QUESTION_MS
    return study.fixation_ms + answered + study.pause_ms


def _reading_ms(study: Study) -> float:
    texts = [study.text(name, ENGLISH) for name in ("title", "consent_text", "instructions")]
    words = sum(len(text.split()) for text in texts)
    return (
        words * 60_000 / WORDS_A_MINUTE
        + _n_questions(study) * QUESTION_MS
        + sum(check in VISUAL_CHECKS for check in study.checks) * CHECK_MS
        + (Check.VIEWING_DISTANCE in study.checks) * _distance_ms(study)
        + study.asks_calibration * CALIBRATION_MS
        + study.asks_comments * COMMENTS_MS
    )


def _distance_ms(study: Study) -> float:
    """Return how long the page of the viewing distance takes whoever sits in the middle of what the study allows."""
    middle_cm = (study.least_distance_cm + study.most_distance_cm) / 2
    way_mm = separation_mm(middle_cm) - separation_mm(study.least_distance_cm) * (NEAREST_START + FARTHEST_START) / 2
    return DISTANCE_READING_MS + REPETITIONS * 1000 * way_mm / DOT_MM_A_SECOND


def _n_questions(study: Study) -> int:
    """Return how many questions are asked of whoever is asked them all; while a line is wrong, the number of lines."""
    asked = study.questionnaire + ("\n" + study.comprehension if study.asks_comprehension else "")
    try:
        return len(parse_questionnaire(asked))
    except StudyError:
        return sum(bool(line.strip()) for line in asked.splitlines())


def _minutes_text(ms: float) -> str:
    minutes = ms / 60_000
    return f"{minutes:.0f} min" if minutes >= 10 else localized(f"{minutes:.1f} min")

"""Every figure that follows from what the observers of a study did."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .answers import MISSING, AnswerTable
from .detection import DEFAULT, AnswerSummary, summarise_answers
from .estimate import Estimate
from .forced_choice import ChoiceSummary, summarise_choices
from .median import median
from .observations import Observations, Task
from .ratings import RatingSummary, summarise_ratings
from .right_answers import RightAnswers, SecondQuestion, right_answers, second_question
from .signal_detection import SAME_DIFFERENT


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """Median response times in milliseconds by what was shown; two images of forced choice are always `perturbed`."""

    perturbed: Estimate
    clean: Estimate

    def as_dict(self) -> dict[str, Any]:
        """Return the medians as JSON."""
        return {"perturbed": self.perturbed.as_dict(), "clean": self.clean.as_dict()}


@dataclass(frozen=True, slots=True)
class StudySummary:
    """Every figure of a study's answers.

    Attributes
    ----------
    answers
        The main figures: of sensitivity and specificity, or of choices between two images.
    ratings
        Areas under ROC curves; None where no rating was asked for.
    catch
        The share of catch trials answered rightly; None without catch trials.
    second
        Right answers to the second question; None where none was asked.
    response_times
        Of each observer; empty where none was measured.
    """

    task: Task
    answers: AnswerSummary | ChoiceSummary
    ratings: RatingSummary | None
    catch: RightAnswers | None
    second: SecondQuestion | None
    response_times: dict[str, ResponseTimes]

    def as_dict(self) -> dict[str, Any]:
        """Return the summary as JSON; what is undefined is null."""
        return {
            "task": self.task,
            **self.answers.as_dict(),
            "roc": self.ratings.as_dict() if self.ratings else None,
            "catch_trials": self.catch.as_dict() if self.catch else None,
            "second_question": self.second.as_dict() if self.second else None,
            "response_times": {name: times.as_dict() for name, times in self.response_times.items()},
        }


def summarise_study(observations: Observations, *, interval: str = DEFAULT, level: float = 0.95) -> StudySummary:
    """Compute every figure of a study's answers.

    Parameters
    ----------
    observations
        The answers, those of catch trials among them.
    interval, level
        As for `summarise_answers`.

    Raises
    ------
    ValueError
        No such interval, a level outside (0, 1), an item of two truths, or an observer who judged one twice.
    """
    series = observations.of(~observations.catch)
    table = series.table()
    return StudySummary(
        task=observations.task,
        answers=_answers(series, table, interval=interval, level=level),
        ratings=_ratings(series, table, level),
        catch=_catch(observations, level),
        second=_second(series, table, level),
        response_times=_response_times(series, level),
    )


def _answers(series: Observations, table: AnswerTable, *, interval: str, level: float) -> AnswerSummary | ChoiceSummary:
    if series.task == "two_afc":
        first = series.spread(series.truth, nothing=False)
        return summarise_choices(table, first, interval=interval, level=level)
    note = SAME_DIFFERENT if series.task == "same_different" else ""
    return summarise_answers(table, interval=interval, level=level, d_prime_note=note)


def _ratings(series: Observations, table: AnswerTable, level: float) -> RatingSummary | None:
    if series.rating is None or series.task != "yes_no":
        return None
    return summarise_ratings(table.truth, series.spread(series.rating, np.nan), table.observers, level=level)


def _catch(observations: Observations, level: float) -> RightAnswers | None:
    if not observations.catch.any():
        return None
    return right_answers(observations.of(observations.catch).table(), level=level)


def _second(series: Observations, table: AnswerTable, level: float) -> SecondQuestion | None:
    if series.second is None:
        return None
    return second_question(table.truth, series.spread(series.second, MISSING), table.observers, level=level)


def _response_times(series: Observations, level: float) -> dict[str, ResponseTimes]:
    if series.rt_ms is None or np.isnan(series.rt_ms).all():
        return {}
    signal = series.truth if series.task != "two_afc" else np.ones_like(series.truth)
    return {
        name: ResponseTimes(
            *(
                median(series.rt_ms[(series.observer == place) & (signal == kind)], level=level)
                for kind in (True, False)
            )
        )
        for place, name in enumerate(series.observers)
    }

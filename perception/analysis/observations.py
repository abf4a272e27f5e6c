"""All that the observers of a study did, one entry an answer, and every figure that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .answers import MISSING, AnswerTable
from .detection import DEFAULT, AnswerSummary, summarise_answers
from .estimate import Estimate
from .forced_choice import ChoiceSummary, summarise_choices
from .median import median
from .ratings import RatingSummary, summarise_ratings
from .right_answers import RightAnswers, SecondQuestion, right_answers, second_question
from .signal_detection import SAME_DIFFERENT

Task = Literal["yes_no", "same_different", "two_afc"]
WORDS: dict[Task, tuple[str, str]] = {
    "yes_no": ("perturbed", "clean"),
    "same_different": ("different", "same"),
    "two_afc": ("first", "second"),
}
"""What truth and response say, by what was asked: the signal, and its absence."""

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Observations:
    """The answers of a study; arrays of shape (N,), one entry an answer.

    Attributes
    ----------
    task
        What was asked: of one image whether it is perturbed, of two whether they differ, or which one is perturbed.
    observers, items
        Names; an item is what was judged: an image, or a pair of images.
    observer, item
        Who judged what: places in the names. No observer judged an item twice.
    truth
        Whether the signal was there: the image perturbed, the two different, the perturbed one first.
    response
        1 where the observer said so, 0 where not, −1 for a missing answer.
    catch
        Whether it was a catch trial. These are counted by themselves, and are in no other figure.
    rating
        Higher means more surely perturbed; nan where missing. None where no rating was asked for.
    second
        1 for a right answer to the second question, 0 for a wrong one, −1 for a missing one. None where none was asked.
    rt_ms
        Response time; nan where it was not measured.
    subset_of_observer, subset_of_item
        Which of the study's sets of images the observer judges, and the item is in: arrays by name. An observer who
        did not judge an item of another set has no missing answer there. None where all judge the same images.
    """

    task: Task
    observers: tuple[str, ...]
    items: tuple[str, ...]
    observer: Codes
    item: Codes
    truth: NDArray[np.bool_]
    response: NDArray[np.int8]
    catch: NDArray[np.bool_]
    rating: NDArray[np.float64] | None = None
    second: NDArray[np.int8] | None = None
    rt_ms: NDArray[np.float64] | None = None
    subset_of_observer: Codes | None = None
    subset_of_item: Codes | None = None

    def of(self, which: NDArray[np.bool_]) -> "Observations":
        """Return some of the answers, with the items that are in them; all observers stay."""
        kept, item = np.unique(self.item[which], return_inverse=True)
        return Observations(
            self.task,
            self.observers,
            tuple(self.items[place] for place in kept),
            self.observer[which],
            item,
            self.truth[which],
            self.response[which],
            self.catch[which],
            None if self.rating is None else self.rating[which],
            None if self.second is None else self.second[which],
            None if self.rt_ms is None else self.rt_ms[which],
            self.subset_of_observer,
            None if self.subset_of_item is None else self.subset_of_item[kept],
        )

    def spread(self, values: NDArray[Any], nothing: Any) -> NDArray[Any]:
        """Return values, one an answer, as an array of shape (observers, items); `nothing` where there is no answer."""
        table = np.full((len(self.observers), len(self.items)), nothing, dtype=values.dtype)
        table[self.observer, self.item] = values
        return table

    def table(self) -> AnswerTable:
        """Return the answers as observers × items; of two images whether the perturbed one was chosen."""
        response, truth = self.response, np.zeros(len(self.items), dtype=bool)
        if self.task == "two_afc":
            response = np.where(response == MISSING, MISSING, response == self.truth).astype(np.int8)
            truth[:] = True
        else:
            truth[self.item] = self.truth
        shown = None
        if self.subset_of_observer is not None and self.subset_of_item is not None:
            shown = self.subset_of_observer[:, None] == self.subset_of_item[None, :]
        return AnswerTable(self.observers, self.items, truth, self.spread(response, MISSING), shown)


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


def codes_of(names: Sequence[str]) -> tuple[Codes, tuple[str, ...]]:
    """Return each name's place among the different names, which keep the order in which they first appear."""
    place_of = {name: place for place, name in enumerate(dict.fromkeys(names))}
    return np.fromiter((place_of[name] for name in names), dtype=np.intp, count=len(names)), tuple(place_of)

"""Every statistic that follows from what the observers of a study did."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from perception.analysis.answer_table import MISSING, AnswerTable
from perception.analysis.asked import Asked, asked_of
from perception.analysis.breakdowns.by_diagnosis import DiagnosisShares, by_diagnosis
from perception.analysis.breakdowns.items import ItemSummary, summarise_items
from perception.analysis.breakdowns.learning import LearningSummary, summarise_learning
from perception.analysis.breakdowns.response_times import ResponseTimeSummary, summarise_response_times
from perception.analysis.degradation.summary import DegradationSummary, summarise_degradation
from perception.analysis.detection.accuracy_verdict import AccuracyVerdict, accuracy_verdict
from perception.analysis.detection.forced_choice import ChoiceSummary, summarise_choices
from perception.analysis.detection.positive_control import noticed_beyond_chance
from perception.analysis.detection.right_answers import RightAnswers, SecondQuestion, right_answers, second_question
from perception.analysis.detection.verdict import Known, Verdict, verdict, verdicts_of_arms
from perception.analysis.detection.verdict_rule import BALANCED_ACCURACY, D_PRIME, VerdictRule
from perception.analysis.detection.yes_no import DEFAULT, AnswerSummary, summarise_answers
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.json_values import JsonObject
from perception.analysis.localization.summary import LocalizationSummary, summarise_localization
from perception.analysis.observations import Observations, Task
from perception.analysis.observer_groups.summary import GroupComparison, compare_groups
from perception.analysis.psychometric.curve import PsychometricSummary
from perception.analysis.psychometric.summary import summarise_psychometric
from perception.analysis.ratings.rating_scale import three_categories
from perception.analysis.ratings.summary import RatingSummary, summarise_ratings
from perception.analysis.two_arms.summary import ArmComparison, arms_apart, compare_arms, without_control
from perception.analysis.visibility.measures import SMALLER_IS_MORE_VISIBLE
from perception.analysis.visibility.shown_changes import ShownChanges, shown_changes
from perception.analysis.visibility.summary import VisibilitySummary, summarise_visibility


@dataclass(frozen=True, slots=True)
class StudySummary:
    """Every statistic of a study's answers.

    Attributes
    ----------
    task
        What was asked.
    asked
        Who was asked about what.
    answers
        The main statistics: of sensitivity and specificity, or of choices between two images.
    ratings
        Areas under ROC curves; None where no rating was asked for, and there was no middle answer either.
    catch
        The share of catch trials answered rightly; None without catch trials.
    second
        Right answers to the second question; None where none was asked.
    response_times
        Medians; None where none was measured.
    psychometric
        Detection against strength; None where the perturbed images have one strength, or unknown ones, and where there
        are arms: each has a curve of its own.
    learning
        Change over the session; None where positions are not known.
    by_diagnosis
        Shares of each diagnosis; empty where none is known.
    items
        How many observers noticed each image.
    equivalence
        Whether the change is undetectable within the margin; None without a margin, and where there are arms: each has
        a verdict of its own.
    two_arms
        Each two arms compared; empty without arms. The statistics above are of all arms together.
    arms
        The statistics of each arm alone, by its name; answers that stand in every arm are in each. Empty without arms.
    observer_groups
        The groups of observers compared; None without groups. The statistics above are of all observers together.
    visibility
        How well measures of the change predict what was noticed; None where none is known of the images, and with fewer
        than three perturbed ones.
    degradation
        Mean grades; None where no grade was asked for.
    changes
        Of an arm, how large the changes were in the images that were shown, by the name of each measure; empty where
        none is known, and of a whole study.
    localization
        Marked places; None where none was asked for.
    control
        The name of the arm that is the positive control; empty where none is. It is in `arms`, without a verdict, and
        in none of the other statistics.
    """

    task: Task
    asked: Asked
    answers: AnswerSummary | ChoiceSummary
    ratings: RatingSummary | None
    catch: RightAnswers | None
    second: SecondQuestion | None
    response_times: ResponseTimeSummary | None
    psychometric: PsychometricSummary | None
    learning: LearningSummary | None
    by_diagnosis: dict[str, DiagnosisShares]
    items: ItemSummary
    equivalence: Verdict | AccuracyVerdict | None
    two_arms: tuple[ArmComparison, ...] = ()
    arms: "dict[str, StudySummary]" = field(default_factory=dict)
    observer_groups: GroupComparison | None = None
    visibility: VisibilitySummary | None = None
    degradation: DegradationSummary | None = None
    changes: dict[str, ShownChanges] = field(default_factory=dict)
    localization: LocalizationSummary | None = None
    control: str = ""

    @property
    def arms_judged(self) -> "dict[str, StudySummary]":
        """The statistics of each arm but the positive control, by its name."""
        return {name: of_arm for name, of_arm in self.arms.items() if name != self.control}

    @property
    def control_noticed(self) -> Estimate | None:
        """How much more often than by guessing the positive control was noticed; None where there is none."""
        return noticed_beyond_chance(self.arms[self.control].answers) if self.control else None

    @property
    def control_was_noticed(self) -> bool:
        """Whether the positive control was shown to be noticed: its interval lies above 0. False without one."""
        found = self.control_noticed
        return found is not None and found.low is not None and found.low > 0

    @property
    def ratings_alone(self) -> bool:
        """Whether images were rated, and no answer was given to any."""
        if self.ratings is None or isinstance(self.answers, ChoiceSummary):
            return False
        pooled = self.answers.pooled
        rated = any(area.n for area in self.ratings.observers.values())
        return rated and not (pooled.sensitivity.n or pooled.specificity.n)

    def as_dict(self) -> JsonObject:
        """Return the summary as JSON; what is undefined is null.

        `asked` is there where each observer was asked about images of their own, or a middle answer was given, `arms`
        where there are arms, `observer_groups`, `visibility` and `changes` where there are such, `degradation` where
        there are grades, `localization` where places were marked. Of ratings alone nothing is told of answers.
        """
        by_arm = {"arms": {name: summary.as_dict() for name, summary in self.arms.items()}} if self.arms else {}
        by_group = {"observer_groups": self.observer_groups.as_dict()} if self.observer_groups else {}
        if self.ratings_alone and self.ratings is not None:
            two_arms = [one.as_dict() for one in self.two_arms] or None
            return {"task": self.task, "roc": self.ratings.as_dict(), "two_arms": two_arms, **by_group, **by_arm}
        told = self.asked.own_images or self.asked.n_neither > 0
        graded = {"degradation": self.degradation.as_dict()} if self.degradation else {}
        marked = {"localization": self.localization.as_dict()} if self.localization else {}
        return {
            "task": self.task,
            **({"asked": self.asked.as_dict()} if told else {}),
            **self.answers.as_dict(),
            "roc": self.ratings.as_dict() if self.ratings else None,
            "catch_trials": self.catch.as_dict() if self.catch else None,
            "second_question": self.second.as_dict() if self.second else None,
            "response_times": self.response_times.as_dict() if self.response_times else None,
            "psychometric": self.psychometric.as_dict() if self.psychometric else None,
            "learning": self.learning.as_dict() if self.learning else None,
            "by_diagnosis": {name: shares.as_dict() for name, shares in self.by_diagnosis.items()},
            "items": self.items.as_dict(),
            "equivalence": self.equivalence.as_dict() if self.equivalence else None,
            "two_arms": [one.as_dict() for one in self.two_arms] or None,
            **({"visibility": self.visibility.as_dict()} if self.visibility else {}),
            **({"changes": {name: one.as_dict() for name, one in self.changes.items()}} if self.changes else {}),
            **graded,
            **marked,
            **(
                {"positive_control": {"arm": self.control, "noticed_beyond_chance": self.control_noticed.as_dict()}}
                if self.control_noticed
                else {}
            ),
            **by_group,
            **by_arm,
        }


def summarise_study(
    observations: Observations,
    *,
    interval: str = DEFAULT,
    level: float = 0.95,
    margin: float | None = None,
    rule: VerdictRule = D_PRIME,
) -> StudySummary:
    """Compute every statistic of a study's answers.

    Parameters
    ----------
    observations
        The answers, those of catch trials among them.
    interval
        "default", or one of `perception.analysis.estimates.proportions.METHODS`, as for `summarise_answers`.
    level
        Level of the intervals, between 0 and 1.
    margin
        δ of the claim that the change is undetectable, between 0 and ½, as set in the protocol; None for no claim.
    rule
        By which the claim is judged, as the protocol fixed it: "d_prime", for each strength; "balanced_accuracy", of
        all strengths together, in protocols up to version 3.

    Returns
    -------
    StudySummary
        What is undefined says so, with the reason.

    Raises
    ------
    ValueError
        No interval of that name; a level outside (0, 1); a margin outside (0, ½); arrays that do not fit together.

    Examples
    --------
    Three observers judged eight images each, the first four of them perturbed:

    >>> import numpy as np
    >>> from perception.analysis.observations import Observations
    >>> from perception.analysis.study_summary import summarise_study
    >>> responses = [[1, 1, 0, 1, 0, 0, 1, 0], [1, 0, 0, 1, 0, 0, 0, 1], [1, 1, 0, 0, 0, 1, 0, 0]]
    >>> study = Observations(
    ...     task="yes_no",
    ...     observers=("A", "B", "C"),
    ...     items=tuple("abcdefgh"),
    ...     observer=np.repeat(np.arange(3), 8),
    ...     item=np.tile(np.arange(8), 3),
    ...     truth=np.tile(np.arange(8) < 4, 3),
    ...     response=np.ravel(responses).astype(np.int8),
    ...     catch=np.zeros(24, dtype=bool),
    ... )
    >>> found = summarise_study(study, margin=0.05)
    >>> print(f"{found.answers.pooled.sensitivity.estimate:.2f}")
    0.58
    >>> found.equivalence.strengths[0].these_observers.test.d_prime.left_out
    ('A', 'B', 'C')
    >>> found.items.least_noticed[0].name
    'c'
    >>> found.psychometric, found.response_times
    (None, None)
    """
    one = partial(_summary, interval=interval, level=level)
    judged = without_control(observations)
    series = judged.of(~judged.catch)
    whole = one(judged)
    if not series.arms:
        return replace(whole, equivalence=_verdict(series, margin, rule, whole.answers))
    apart = arms_apart(observations)
    series_of = {name: of_arm.of(~of_arm.catch) for name, of_arm in apart.items()}
    arms = {
        name: replace(one(of_arm), changes=shown_changes(series_of[name], of_arm.measures))
        for name, of_arm in apart.items()
    }
    answers = {name: summary.answers for name, summary in arms.items()}
    # The positive control is no claim: nothing is tested of it, and no other test is adjusted for it.
    tested = {name: of_arm for name, of_arm in series_of.items() if name != observations.control}
    verdicts = _verdicts(tested, margin, rule, {name: answers[name] for name in tested})
    return replace(
        whole,
        two_arms=compare_arms(series, level=level),
        arms={name: replace(summary, equivalence=verdicts.get(name)) for name, summary in arms.items()},
        control=observations.control,
    )


def _summary(observations: Observations, *, interval: str, level: float) -> StudySummary:
    """Return every statistic but the verdict."""
    series = observations.of(~observations.catch)
    table = series.table()
    answers = _answers(series, table, interval=interval, level=level)
    return StudySummary(
        task=observations.task,
        asked=asked_of(table, own_images=series.own_images),
        answers=answers,
        ratings=_ratings(series, table, level),
        catch=_catch(observations, level),
        second=_second(series, table, level),
        response_times=summarise_response_times(series, level=level),
        psychometric=None if series.arms else summarise_psychometric(series, level=level),
        learning=summarise_learning(series, level=level),
        by_diagnosis=by_diagnosis(series, level=level),
        items=summarise_items(series),
        equivalence=None,
        observer_groups=compare_groups(series, table, level=level),
        visibility=summarise_visibility(
            series, series.measures, smaller_is_more_visible=SMALLER_IS_MORE_VISIBLE, level=level
        ),
        degradation=_degradation(series, table, level),
        localization=_localization(series, table, level),
    )


def _verdict(
    series: Observations, margin: float | None, rule: VerdictRule, answers: AnswerSummary | ChoiceSummary
) -> Verdict | AccuracyVerdict | None:
    if margin is None:
        return None
    if rule == BALANCED_ACCURACY:
        return accuracy_verdict(series.table(), series.task, margin=margin)
    return verdict(series, margin=margin, known=_known(answers))


def _verdicts(
    arms: dict[str, Observations],
    margin: float | None,
    rule: VerdictRule,
    answers: dict[str, AnswerSummary | ChoiceSummary],
) -> Mapping[str, Verdict | AccuracyVerdict | None]:
    """Return the verdict of each arm; those on d′ are one family of tests."""
    if margin is None or rule == BALANCED_ACCURACY:
        return {name: _verdict(of_arm, margin, rule, answers[name]) for name, of_arm in arms.items()}
    return verdicts_of_arms(arms, margin=margin, known={name: _known(of_arm) for name, of_arm in answers.items()})


def _known(answers: AnswerSummary | ChoiceSummary) -> Known:
    return answers.group_d_prime, answers.group_d_prime_random


def _answers(series: Observations, table: AnswerTable, *, interval: str, level: float) -> AnswerSummary | ChoiceSummary:
    if series.task == "two_afc":
        first = series.spread(series.truth.astype(np.bool_), nothing=False)
        return summarise_choices(table, first, interval=interval, level=level)
    return summarise_answers(table, interval=interval, level=level, task=series.task)


def _ratings(series: Observations, table: AnswerTable, level: float) -> RatingSummary | None:
    if series.task != "yes_no":
        return None
    if series.rating is not None:
        return summarise_ratings(table.truth, series.spread(series.rating, np.nan), table.observers, level=level)
    if table.neither is None or not table.neither.any():
        return None
    steps = three_categories(table.responses, table.neither)
    return replace(summarise_ratings(table.truth, steps, table.observers, level=level), of_answers=True)


def _degradation(series: Observations, table: AnswerTable, level: float) -> DegradationSummary | None:
    if series.grade is None:
        return None
    strength = None
    if series.strength is not None:
        strength = np.full(len(table.items), np.nan)
        strength[series.item] = series.strength
    return summarise_degradation(
        series.spread(series.grade, np.nan),
        table.truth,
        observers=table.observers,
        items=table.items,
        strength=strength,
        level=level,
    )


def _localization(series: Observations, table: AnswerTable, level: float) -> LocalizationSummary | None:
    if series.placed is None or series.rating is None:
        return None
    share = None
    if series.place_share is not None:
        share = np.full(len(table.items), np.nan)
        share[series.item] = series.place_share
    return summarise_localization(
        table.truth,
        series.spread(series.rating, np.nan),
        table.responses,
        series.spread(series.placed, MISSING),
        observers=table.observers,
        place_share=share,
        level=level,
    )


def _catch(observations: Observations, level: float) -> RightAnswers | None:
    if not observations.catch.any():
        return None
    return right_answers(observations.of(observations.catch).table(), level=level)


def _second(series: Observations, table: AnswerTable, level: float) -> SecondQuestion | None:
    if series.second is None:
        return None
    return second_question(table.truth, series.spread(series.second, MISSING), table.observers, level=level)

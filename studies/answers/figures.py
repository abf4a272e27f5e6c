"""Answers → figures: what follows from a study's answers and its protocol, and needs no database.

The report is computed by it, and so is whatever computes a report again from its archive.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from perception.analysis.agreement.within_observers import WithinObservers, agreement_within
from perception.analysis.detection.verdict_rule import VerdictRule
from perception.analysis.observations import Observations
from perception.analysis.psychometric.adaptive_summary import AdaptiveSummary, summarise_adaptive
from perception.analysis.study_summary import StudySummary, summarise_study
from studies.answers.exclusions import ExclusionRules, Exclusions, apply_exclusions
from studies.answers.observations import AskedStudy, observations_of, repeated_answers_of
from studies.answers.rows import AnswerRow


class AnsweredStudy(AskedStudy, ExclusionRules, Protocol):
    """What has to be known of a study to compute its figures: the study itself knows it, and so does its protocol."""

    @property
    def margin(self) -> float:
        """δ of the claim of equivalence."""

    @property
    def verdict_rule(self) -> VerdictRule:
        """By which rule the claim is judged."""

    @property
    def n_repeated(self) -> int:
        """How many trials of each series are shown twice."""

    @property
    def adaptive_strengths(self) -> tuple[float, ...]:
        """The strengths of which each was chosen from the answers, in 8-bit levels; none where none was."""


@dataclass(frozen=True, slots=True)
class DisplayCounts:
    """How many answers were given to an image that was not in full view, or after the window had lost the focus.

    Catch trials are counted too: who looks elsewhere does so at any trial.

    Attributes
    ----------
    answers
        All of them.
    unmeasured, not_whole
        Of which it is not known whether the image was in full view; of which it was not.
    focus_unmeasured, focus_lost
        Of which it is not known whether the window had the focus; of which it had lost it.
    untimed
        Of which no response time is known.
    """

    answers: int
    unmeasured: int
    not_whole: int
    focus_unmeasured: int
    focus_lost: int
    untimed: int

    @classmethod
    def of(cls, rows: Sequence[AnswerRow]) -> "DisplayCounts":
        """Count answers."""
        return cls(
            answers=len(rows),
            unmeasured=sum(row.shown_whole is None for row in rows),
            not_whole=sum(row.shown_whole is False for row in rows),
            focus_unmeasured=sum(row.focus_losses is None for row in rows),
            focus_lost=sum(bool(row.focus_losses) for row in rows),
            untimed=sum(row.rt_ms is None for row in rows),
        )


@dataclass(frozen=True, slots=True)
class FlickerCounts:
    """How images alternated, in all answers of a study whose images flicker, catch trials among them.

    Attributes
    ----------
    answers
        All of them.
    uncounted
        Of which nothing is known: the browser ran no script.
    late
        Of those that were counted, how many had at least one late frame.
    stopped
        Before how many of them the observer had stopped the flicker.
    frames, late_frames
        Frames of the screen in all answers that were counted, and how many of them came late.
    slowest_hz, fastest_hz
        Full cycles in a second, as they were shown; None where nothing was counted.
    """

    answers: int
    uncounted: int
    late: int
    stopped: int
    frames: int
    late_frames: int
    slowest_hz: float | None
    fastest_hz: float | None

    @classmethod
    def of(cls, rows: Sequence[AnswerRow]) -> "FlickerCounts":
        """Count answers."""
        rates = [row.flicker_hz for row in rows if row.flicker_hz is not None]
        return cls(
            answers=len(rows),
            uncounted=sum(row.frames is None for row in rows),
            late=sum(bool(row.late_frames) for row in rows),
            stopped=sum(bool(row.flicker_stopped) for row in rows),
            frames=sum(row.frames or 0 for row in rows),
            late_frames=sum(row.late_frames or 0 for row in rows),
            slowest_hz=min(rates, default=None),
            fastest_hz=max(rates, default=None),
        )

    @property
    def counted(self) -> int:
        """Of how many answers it is known how images alternated."""
        return self.answers - self.uncounted


@dataclass(frozen=True, slots=True)
class AnswerFigures:
    """Every figure that follows from a study's answers and its protocol.

    Attributes
    ----------
    summary
        Of the answers that count.
    exclusions
        All answers, and what the protocol's rules left out of them.
    without_exclusions
        The same of all answers; None where nothing was left out.
    display
        How the images were seen, in all answers.
    within_observers
        How far observers agree with themselves; None where the study shows nothing twice. Nothing else here, but for
        the marks of `exclusions.rows`, rests on an answer to a second showing.
    flicker
        How they alternated; None in a study whose images stand still.
    adaptive
        Thresholds where strengths were chosen from answers; None in other studies.
    """

    summary: StudySummary
    exclusions: Exclusions
    without_exclusions: StudySummary | None
    display: DisplayCounts
    within_observers: WithinObservers | None = None
    flicker: FlickerCounts | None = None
    adaptive: AdaptiveSummary | None = None

    @property
    def n_unanswered(self) -> int:
        """How many answers are missing that nobody left out."""
        return (self.without_exclusions or self.summary).answers.n_missing

    @property
    def silent(self) -> tuple[str, ...]:
        """Who finished without an answer that counts, apart from those whom a rule leaves out as observers."""
        told = dict.fromkeys(row.observer for row in self.exclusions.rows)
        of_each = self.summary.answers.observers
        return tuple(
            name
            for name in told
            if name not in self.exclusions.observers and not (name in of_each and of_each[name].counts.counted)
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as JSON; what is undefined is null."""
        return {
            **self.summary.as_dict(),
            "exclusions": self.exclusions.as_dict(),
            "without_exclusions": self.without_exclusions.as_dict() if self.without_exclusions else None,
            "display": asdict(self.display),
            **({"within_observers": self.within_observers.as_dict()} if self.within_observers else {}),
            **({"flicker": asdict(self.flicker)} if self.flicker else {}),
            **({"adaptive": self.adaptive.as_dict()} if self.adaptive else {}),
        }


def answer_figures(study: AnsweredStudy, rows: Sequence[AnswerRow], *, interval: str = "default") -> AnswerFigures:
    """Apply the protocol's exclusions and compute every figure that follows from the answers.

    Parameters
    ----------
    study
        What was asked, and the rules.
    rows
        Every answer of finished sessions; what `left_out` says in them is not read.
    interval
        As for `summarise_study`.
    """
    exclusions = apply_exclusions(study, rows)
    first, kept = exclusions.first_showings, observations_of(study, exclusions.kept)
    return AnswerFigures(
        summary=_summary(study, kept, interval),
        exclusions=exclusions,
        without_exclusions=_summary(study, observations_of(study, first), interval) if exclusions.any else None,
        display=DisplayCounts.of(first),
        within_observers=agreement_within(repeated_answers_of(study, exclusions.rows, n_repeated=study.n_repeated))
        if study.n_repeated
        else None,
        flicker=FlickerCounts.of(first) if study.trials.frames > 1 else None,
        adaptive=summarise_adaptive(kept.of(~kept.catch), study.adaptive_strengths)
        if study.adaptive_strengths
        else None,
    )


def _summary(study: AnsweredStudy, observations: Observations, interval: str) -> StudySummary:
    return summarise_study(observations, interval=interval, margin=study.margin, rule=study.verdict_rule)

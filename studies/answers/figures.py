"""Answers → figures: what follows from a study's answers and its protocol, and needs no database.

The report is computed by it, and so is whatever computes a report again from its archive.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from perception.analysis.study_summary import summarise_study
from studies.answers.exclusions import ExclusionRules, Exclusions, apply_exclusions
from studies.answers.observations import AskedStudy, observations_of
from studies.answers.rows import AnswerRow


class AnsweredStudy(AskedStudy, ExclusionRules, Protocol):
    """What has to be known of a study to compute its figures: the study itself knows it, and so does its protocol."""

    @property
    def margin(self) -> float:
        """δ of the claim of equivalence."""


def answer_figures(
    study: AnsweredStudy, rows: Sequence[AnswerRow], *, interval: str = "default"
) -> tuple[Exclusions, dict[str, Any]]:
    """Apply the protocol's exclusions and compute every figure that follows from the answers.

    Parameters
    ----------
    study
        What was asked, and the rules.
    rows
        Every answer of finished sessions; what `left_out` says in them is not read.
    interval
        As for `summarise_study`.

    Returns
    -------
    The exclusions, and the figures as JSON: without what is left out, and with it.
    """
    exclusions = apply_exclusions(study, rows)
    figures = {
        **_summary(study, exclusions.kept, interval),
        "exclusions": exclusions.as_dict(),
        "without_exclusions": _summary(study, exclusions.rows, interval) if exclusions.any else None,
        "display": _display(exclusions.rows),
    }
    return exclusions, figures


def _summary(study: AnsweredStudy, rows: Sequence[AnswerRow], interval: str) -> dict[str, Any]:
    return summarise_study(observations_of(study, rows), interval=interval, margin=study.margin).as_dict()


def _display(rows: Sequence[AnswerRow]) -> dict[str, int]:
    """How many answers were given to an image that was not in full view, or after the window had lost the focus.

    Catch trials are counted too: who looks elsewhere does so at any trial.
    """
    return {
        "answers": len(rows),
        "unmeasured": sum(row.shown_whole is None for row in rows),
        "not_whole": sum(row.shown_whole is False for row in rows),
        "focus_unmeasured": sum(row.focus_losses is None for row in rows),
        "focus_lost": sum(bool(row.focus_losses) for row in rows),
        "untimed": sum(row.rt_ms is None for row in rows),
    }

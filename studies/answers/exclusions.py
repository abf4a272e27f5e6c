"""Which answers the protocol leaves out of the main figures. The rules are fixed when the study opens.

Of an observer who is left out nothing is analysed. Rules about single answers touch the series only, and what is
unknown (a time or a view that the browser did not tell) is no reason to leave an answer out. An answer to a second
showing is marked by the same rules, and counted by none: it is in no figure that they are told beside.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from perception.analysis.degradation.screening import screen_observers
from perception.analysis.observations import codes_of
from studies.answers.rows import SEPARATOR, AnswerRow
from studies.models.screening.check import Check
from studies.models.truth import Truth

FEW_CATCH_TRIALS = "too few catch trials seen"
TOO_FAST = "answered too fast"
PARTLY_SHOWN = "image not wholly in view"
STOPPED = "flicker stopped"
REJECTED = "rejected by the rule of BT.500"
REJECTED_TEXT = "Observers whom the rule of Recommendation ITU-R BT.500 rejects are left out."
RULES_OF_OBSERVERS = frozenset({FEW_CATCH_TRIALS, REJECTED})
"""Those that leave out an observer with all answers."""
FIRST, SECOND = 1, 2
"""What `AnswerRow.showing` is in a study that shows trials twice."""


class ExclusionRules(Protocol):
    """The rules of a protocol, as a study has them."""

    @property
    def catch_at_least(self) -> int:
        """Percent of catch trials that an observer must have seen; 0 for no rule."""

    @property
    def leaving_out_checks(self) -> tuple[Check, ...]:
        """The checks of the screening that leave whoever did not pass out, in their order."""

    @property
    def rt_at_least_ms(self) -> int:
        """The shortest response time, ms; 0 for no rule."""

    @property
    def leaves_out_partly_shown(self) -> bool:
        """Whether answers to images that were not wholly in view are left out."""

    @property
    def leaves_out_stopped(self) -> bool:
        """Whether answers are left out before which the observer had stopped the flicker: they saw grey."""

    @property
    def leaves_out_rejected(self) -> bool:
        """Whether observers are left out whom the rule of BT.500 rejects by their grades."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the protocol, and what it left out."""

    name: str
    text: str
    """What the rule says, as a sentence."""
    observers: tuple[str, ...]
    """Who was left out by it."""
    answers: int
    """How many answers of the series were left out by it, those of the observers among them; second showings not."""

    def as_dict(self) -> dict[str, Any]:
        """Return the rule as JSON."""
        return {"name": self.name, "text": self.text, "observers": list(self.observers), "answers": self.answers}


@dataclass(frozen=True, slots=True)
class Exclusions:
    """All rules of a protocol applied to a study's answers.

    Attributes
    ----------
    rows
        All answers, those that are left out with the reason in `left_out`.
    rules
        Empty where the protocol has none.
    """

    rows: tuple[AnswerRow, ...]
    rules: tuple[Rule, ...]

    @property
    def kept(self) -> list[AnswerRow]:
        """The answers that are analysed: of a trial that was shown twice the first."""
        return [row for row in self.first_showings if not row.left_out]

    @property
    def first_showings(self) -> list[AnswerRow]:
        """All answers but those to second showings, which are in no figure but agreement within observers."""
        return [row for row in self.rows if row.showing != SECOND]

    @property
    def observers(self) -> tuple[str, ...]:
        """Who is left out."""
        return tuple(name for rule in self.rules for name in rule.observers)

    @property
    def answers(self) -> int:
        """How many answers of the series are left out, those of the observers among them; second showings never are."""
        return sum(rule.answers for rule in self.rules)

    @property
    def any(self) -> bool:
        """Whether anything was left out."""
        return any(row.left_out for row in self.first_showings)

    def as_dict(self) -> dict[str, Any]:
        """Return the rules and what they left out as JSON."""
        return {
            "rules": [rule.as_dict() for rule in self.rules],
            "observers": list(self.observers),
            "answers": self.answers,
        }


def apply_exclusions(study: ExclusionRules, rows: Sequence[AnswerRow]) -> Exclusions:
    """Mark the answers that the study's protocol leaves out; observers are judged first, then single answers."""
    reasons: dict[int, str] = {}
    rules: list[Rule] = []
    if study.catch_at_least:
        out = _inattentive(rows, study.catch_at_least)
        those = [place for place, row in enumerate(rows) if row.observer in out]
        reasons |= dict.fromkeys(those, FEW_CATCH_TRIALS)
        rules.append(Rule(FEW_CATCH_TRIALS, _catch_text(study), tuple(out), _of_series(rows, those)))
    if study.leaves_out_rejected:
        # Once, of all observers: the recommendation does not let the rule be applied again to who is left.
        already = {rows[place].observer for place in reasons}
        out = [name for name in _rejected(rows) if name not in already]
        those = [place for place, row in enumerate(rows) if row.observer in out]
        reasons |= dict.fromkeys(those, REJECTED)
        rules.append(Rule(REJECTED, REJECTED_TEXT, tuple(out), _of_series(rows, those)))
    for check in study.leaving_out_checks:
        name = not_passed(check)
        those = [
            place for place, row in enumerate(rows) if place not in reasons and check in _checks_not_passed_by(row)
        ]
        reasons |= dict.fromkeys(those, name)
        out = list(dict.fromkeys(rows[place].observer for place in those))
        rules.append(Rule(name, _check_text(check), tuple(out), _of_series(rows, those)))
    for name, text, holds in _rules_of_answers(study):
        those = [
            place
            for place, row in enumerate(rows)
            if place not in reasons and row.role == Truth.Role.SERIES and holds(row)
        ]
        reasons |= dict.fromkeys(those, name)
        rules.append(Rule(name, text, (), _of_series(rows, those)))
    return Exclusions(tuple(_marked(row, reasons.get(place, "")) for place, row in enumerate(rows)), tuple(rules))


def _marked(row: AnswerRow, reason: str) -> AnswerRow:
    """Return the row with why it is left out. Most are not, and stay as they are: a copy of each takes long."""
    return row if row.left_out == reason else replace(row, left_out=reason)


def exclusion_texts(study: ExclusionRules) -> list[str]:
    """Return what the rules of a protocol say, in the order in which they are applied; no answer is needed."""
    of_observers = [_catch_text(study)] if study.catch_at_least else []
    if study.leaves_out_rejected:
        of_observers.append(REJECTED_TEXT)
    of_observers += [_check_text(check) for check in study.leaving_out_checks]
    return [*of_observers, *(text for _, text, _ in _rules_of_answers(study))]


def _catch_text(study: ExclusionRules) -> str:
    return f"Observers who saw less than {study.catch_at_least}% of the catch trials are left out."


def not_passed(check: Check) -> str:
    """Return what is said of an answer whose observer did not pass a check that leaves out."""
    return f"{check.words} not passed"


def _check_text(check: Check) -> str:
    return f"Observers who did not pass the check of the {check.words}, or could not be measured in it, are left out."


def _checks_not_passed_by(row: AnswerRow) -> list[str]:
    return row.checks_not_passed.split(SEPARATOR)


def _rules_of_answers(study: ExclusionRules) -> list[tuple[str, str, Callable[[AnswerRow], bool]]]:
    rules: list[tuple[str, str, Callable[[AnswerRow], bool]]] = []
    least = study.rt_at_least_ms
    if least:
        text = f"Answers given in less than {least} ms are left out."
        rules.append((TOO_FAST, text, lambda row: row.rt_ms is not None and row.rt_ms < least))
    if study.leaves_out_partly_shown:
        text = "Answers to images that were not wholly in view are left out."
        rules.append((PARTLY_SHOWN, text, lambda row: row.shown_whole is False))
    if study.leaves_out_stopped:
        text = "Answers before which the observer had stopped the flicker are left out."
        rules.append((STOPPED, text, lambda row: row.flicker_stopped is True))
    return rules


def _inattentive(rows: Sequence[AnswerRow], percent: int) -> list[str]:
    """Return who saw less than so many percent of the catch trials, in the order of the rows."""
    shown: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for row in rows:
        if row.role == Truth.Role.CATCH:
            shown[row.observer] += 1
            seen[row.observer] += row.response == row.truth
    return [observer for observer in shown if 100 * seen[observer] < percent * shown[observer]]


def _rejected(rows: Sequence[AnswerRow]) -> list[str]:
    """Return whom the rule of BT.500 rejects by their grades in the series, in the order of the rows."""
    graded = [row for row in rows if row.role == Truth.Role.SERIES and row.showing != SECOND and row.grade is not None]
    observer, observers = codes_of([row.observer for row in graded])
    item, items = codes_of([row.item for row in graded])
    grades = np.full((len(observers), len(items)), np.nan)
    grades[observer, item] = [float(row.grade) for row in graded if row.grade is not None]
    screened = screen_observers(grades)
    return [name for name, found in zip(observers, screened, strict=True) if found.rejected]


def _of_series(rows: Sequence[AnswerRow], places: Sequence[int]) -> int:
    return sum(rows[place].role == Truth.Role.SERIES and rows[place].showing != SECOND for place in places)

"""The tables of a report that go into a paper: the pooled figures, and the figures of each observer.

Arranged from the report's figures and written by the functions that write them on the page; nothing is computed here.
"""

from collections.abc import Iterator
from dataclasses import replace

from perception.analysis.detection.forced_choice import ChoiceSummary
from perception.analysis.detection.yes_no import AnswerSummary
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, count, level, percent, points
from studies.exports.tables.result_table import ResultTable
from studies.report.sections.detection.agreement import agreement_section
from studies.report.sections.detection.attacks import changes_explained, changes_table
from studies.report.sections.detection.chance import against_chance
from studies.report.sections.detection.comparison import comparison_table
from studies.report.sections.detection.results import observers_table
from studies.report.sections.detection.two_arms import two_arms_section
from studies.report.wording import ATTACK, WORDINGS, answered_text, methods_named, shares_of


def result_tables(summary: StudySummary, *, simulated: bool) -> tuple[ResultTable, ...]:
    """Return the pooled table, that of observers and, of arms, of changes and comparison; none without answers."""
    if not summary.answers.observers:
        return ()
    who = " (simulated: answers of simulated observers, not of people)" if simulated else ""
    if summary.arms:
        return (*_tables_of_arms(summary, who), *_changes_table(summary, who), *_arm_tables(summary, who))
    return (_pooled_table(summary, who), _observer_table(summary, who), *_arm_tables(summary, who))


def _tables_of_arms(summary: StudySummary, who: str) -> Iterator[ResultTable]:
    """Go through both tables of each arm: there is none of a mixture of attacks."""
    for number, (name, of_arm) in enumerate(summary.arms.items(), start=1):
        for table in (_pooled_table(of_arm, who), _observer_table(of_arm, who)):
            yield replace(table, name=f"{table.name}-{number}", caption=f"{name}: {table.caption}")


def _changes_table(summary: StudySummary, who: str) -> Iterator[ResultTable]:
    """Yield how large the changes of each attack were, where that is known, by the order of the report."""
    table = changes_table(summary.arms)
    if table is not None:
        yield ResultTable("changes", f"{table.label}{who}", table.head, table.rows, changes_explained(summary))


def _pooled_table(summary: StudySummary, who: str) -> ResultTable:
    answers = summary.answers
    shares = shares_of(answers.pooled)
    rows = [
        (name, percent(share), count(share), share.method)
        for name, share in zip(WORDINGS[summary.task].shares, shares, strict=True)
    ]
    if isinstance(answers, ChoiceSummary):
        d_prime, leaning = answers.pooled.d_prime, answers.pooled.side_difference
        rows += [
            ("d′", coefficient(d_prime), "", d_prime.method),
            ("Leaning to the first image, points", points(leaning), "", leaning.method),
        ]
    rows += [(name, value, "", method) for name, value, method in comparison_table(summary).rows]
    rows.append(_chance_row(summary))
    rows += [(name, value, "", method) for name, value, *_, method in agreement_section(summary).tables[0].rows]
    return ResultTable(
        name="pooled",
        caption=f"Figures of all observers together{who}",
        header=("Figure", f"Value ({level(shares[0])} interval)" if level(shares[0]) else "Value", "Count", "Method"),
        rows=tuple(rows),
        notes=(answered_text(summary),),
    )


def _arm_tables(summary: StudySummary, who: str) -> list[ResultTable]:
    """Return the first table of the comparison of each two arms."""
    section = two_arms_section(summary.two_arms, summary.task, arm=ATTACK)
    if section is None:
        return []
    tables = [table for table in section.tables if table.head[0] == "Figure" and not table.prose]
    return [
        ResultTable(
            name="two-attacks" if len(tables) == 1 else f"two-attacks-{number}",
            caption=f"Two attacks: {table.label}{who}",
            header=table.head,
            rows=table.rows,
            notes=(*section.lead, *section.notes),
        )
        for number, table in enumerate(tables, start=1)
    ]


def _chance_row(summary: StudySummary) -> tuple[str, str, str, str]:
    name, accuracy = against_chance(summary.answers)
    interval = f"{level(accuracy.estimate)} interval: " if level(accuracy.estimate) else ""
    return f"{name}, against chance", percent(accuracy.estimate), "", f"{interval}{accuracy.estimate.method}"


def _observer_table(summary: StudySummary, who: str) -> ResultTable:
    """Return the table of observers that the page has, with d′ and criterion, which it has apart."""
    table, answers = observers_table(summary), summary.answers
    head, d_primes, cells = _signal_columns(answers)
    single = [share for observer in answers.observers.values() for share in shares_of(observer.figures)]
    lines = zip((*table.rows, *table.foot), cells, strict=True)
    return ResultTable(
        name="observers",
        caption=f"Figures of each observer{who}",
        header=(*table.head, *head),
        rows=tuple((*row, *further) for row, further in lines),
        notes=(
            f"Observers one by one: {methods_named(single)}. Pooled: {methods_named(shares_of(answers.pooled))}.",
            f"d′: {methods_named(d_primes)}.",
        ),
    )


def _signal_columns(
    answers: AnswerSummary | ChoiceSummary,
) -> tuple[tuple[str, ...], list[Estimate], list[tuple[str, ...]]]:
    """Return the further columns' names, each observer's d′, and the cells: a line an observer, then one for all."""
    if isinstance(answers, ChoiceSummary):
        d_primes = [observer.figures.d_prime for observer in answers.observers.values()]
        return ("d′",), d_primes, [(coefficient(d_prime),) for d_prime in (*d_primes, answers.pooled.d_prime)]
    signals = [observer.signal for observer in answers.observers.values()]
    cells: list[tuple[str, ...]] = [(coefficient(one.d_prime), coefficient(one.criterion)) for one in signals]
    return ("d′", "Criterion"), [one.d_prime for one in signals], [*cells, ("", "")]

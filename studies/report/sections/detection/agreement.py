"""How far the observers agree with one another."""

from collections.abc import Iterator
from functools import partial

from perception.analysis.agreement.pairwise import KappaSpread
from perception.analysis.agreement.summary import Agreement
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.number_words import signed
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, coefficient_alone, count, p_value, percent, percent_alone
from studies.report.plots.images import kappas_plot
from studies.report.sections.elements import LabelledText, Plot, Section, Table

MOST_PAIRS_LISTED = 6
"""Of more pairs than these (of four observers) each has its place in the matrix, and no line of its own."""


def agreement_section(summary: StudySummary) -> Section:
    """Return every coefficient of agreement: of two observers, of each pair of several, of all."""
    agreement = summary.answers.agreement
    rows = tuple(
        (name, coefficient(kappa), "" if p is None else f"p {p_value(p)}", kappa.method)
        for name, kappa, p in _coefficients(agreement, two=summary.answers.n_observers <= 2)
    )
    what = "which image was chosen" if summary.task == "two_afc" else "what was said of each"
    return Section(
        key="agreement",
        title="Agreement between observers",
        lead=(f"On {what}: 1 is full agreement, 0 that of chance.",),
        plots=_plots(agreement.pair_kappas),
        tables=(
            _coefficients_table(rows),
            *_matrix(agreement),
            *_five_numbers(agreement.pair_kappas),
        ),
        facts=(LabelledText("Said the same", _agreed(agreement), "high by chance alone where one answer prevails"),),
        notes=tuple(_notes(agreement)),
    )


def _coefficients_table(rows: tuple[tuple[str, str, str, str], ...]) -> Table:
    """Return the table of coefficients, without p-values where none has one."""
    if any(p for _, _, p, _ in rows):
        return Table("Agreement between observers", ("Coefficient", "Value", "Kappa = 0", "Method"), rows, prose=True)
    without = tuple((name, value, method) for name, value, _, method in rows)
    return Table("Agreement between observers", ("Coefficient", "Value", "Method"), without, prose=True)


def _notes(agreement: Agreement) -> Iterator[str]:
    if agreement.pairs_adjustment:
        yield "Of observers against observers: Cohen’s kappa above the diagonal, the share said alike below it."
        if len(agreement.pairs) <= MOST_PAIRS_LISTED:
            yield f"p-values of the pairs are adjusted after {agreement.pairs_adjustment}; intervals are not."
        else:
            yield (
                f"The intervals of the pairs and their p-values, adjusted after {agreement.pairs_adjustment}, are in "
                "the figures as JSON."
            )
    if agreement.pair_kappas is not None:
        undefined = agreement.pair_kappas.undefined
        none = f" {undefined:,} pairs have none: one answer throughout, or no image in common." if undefined else ""
        listed = " The single kappas are in the figures as JSON." if agreement.pair_kappas.kappas else ""
        yield (
            "Cohen’s kappa of each two observers. Pairs that share an observer are not independent: this describes "
            f"them, and is no sample of pairs.{none}{listed}"
        )


def _plots(spread: KappaSpread | None) -> tuple[Plot, ...]:
    if spread is None or spread.five_numbers is None:
        return ()
    lowest, lower, middle, upper, highest = (signed(number, digits=2) for number in spread.five_numbers)
    return (
        Plot(
            partial(kappas_plot, spread),
            f"How many pairs of observers have which kappa: {spread.pairs:,} pairs from {lowest} to {highest}, half of "
            f"them from {lower} to {upper}, median {middle}.",
        ),
    )


def _five_numbers(spread: KappaSpread | None) -> tuple[Table, ...]:
    """Return where the kappas of many pairs lie; of a few pairs each stands in the matrix."""
    if spread is None or spread.five_numbers is None:
        return ()
    head = ("Pairs of observers", "Minimum", "Lower quartile", "Median", "Upper quartile", "Maximum")
    row = (f"{spread.pairs:,}", *(signed(number, digits=2) for number in spread.five_numbers))
    return (Table("Cohen’s kappa of each two observers", head, (row,)),)


def _agreed(agreement: Agreement) -> str:
    agreed = agreement.agreed
    return percent(agreed) if agreed.estimate is None else f"{count(agreed)} pairs of answers: {percent(agreed)}"


def _matrix(agreement: Agreement) -> tuple[Table, ...]:
    """Return observers against observers: above the diagonal kappa, below it the share of images they agree on."""
    if not agreement.pairs:
        return ()
    of_pair = {pair.observers: pair for pair in agreement.pairs}
    names = tuple(dict.fromkeys(name for pair in agreement.pairs for name in pair.observers))

    def cell(row: str, column: str) -> str:
        if row == column:
            return "–"
        if (above := of_pair.get((row, column))) is not None:
            return coefficient_alone(above.kappa.kappa)
        return percent_alone(of_pair[column, row].agreed)

    rows = tuple((row, *(cell(row, column) for column in names)) for row in names)
    return (Table("Above the diagonal Cohen’s kappa, below it the share said alike", ("Observer", *names), rows),)


def _coefficients(agreement: Agreement, *, two: bool) -> list[tuple[str, Estimate, float | None]]:
    """Return name, value and the p of "it is 0", which the coefficients of all observers have not."""
    pairs = agreement.pairs if len(agreement.pairs) <= MOST_PAIRS_LISTED else ()
    named: list[tuple[str, Estimate, float | None]] = []
    if two:
        named.append(("Cohen’s kappa", agreement.cohen.kappa, agreement.cohen.p))
    return [
        *named,
        *((f"Cohen’s kappa, {' and '.join(pair.observers)}", pair.kappa.kappa, pair.adjusted_p) for pair in pairs),
        ("Fleiss’ kappa", agreement.fleiss_kappa, None),
        ("Gwet’s AC1", agreement.gwet_ac1, None),
        ("Krippendorff’s alpha", agreement.krippendorff_alpha, None),
    ]

"""How far the observers agree with one another."""

from perception.analysis.agreement.summary import Agreement
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, coefficient_alone, count, p_value, percent, percent_alone
from studies.report.sections.elements import LabelledText, Section, Table


def agreement_section(summary: StudySummary) -> Section:
    """Return every coefficient of agreement: of two observers, of each pair of several, of all."""
    agreement = summary.answers.agreement
    rows = tuple(
        (name, coefficient(kappa), "" if p is None else f"p {p_value(p)}", kappa.method)
        for name, kappa, p in _coefficients(agreement, two=summary.answers.n_observers <= 2)
    )
    what = "which image was chosen" if summary.task == "two_afc" else "what was said of each"
    adjusted = agreement.pairs_adjustment
    return Section(
        key="agreement",
        title="Agreement between observers",
        lead=(f"On {what}: 1 is full agreement, 0 that of chance.",),
        tables=(
            Table("Agreement between observers", ("Coefficient", "Value", "Kappa = 0", "Method"), rows, prose=True),
            *_matrix(agreement),
        ),
        facts=(LabelledText("Said the same", _agreed(agreement), "high by chance alone where one answer prevails"),),
        notes=(
            "Of observers against observers: Cohen’s kappa above the diagonal, the share said alike below it.",
            f"p-values of the pairs are adjusted after {adjusted}; intervals are not.",
        )
        if adjusted
        else (),
    )


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
    pairs = agreement.pairs
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

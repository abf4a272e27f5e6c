"""How far the observers agree with one another."""

from perception.analysis.agreement.summary import Agreement
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import coefficient, p_value
from studies.report.sections.elements import Section, Table


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
        ),
        notes=(f"p-values of the pairs are adjusted after {adjusted}.",) if adjusted else (),
    )


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

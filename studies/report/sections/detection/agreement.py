"""How far the observers agree with one another."""

from perception.core.formatting import coefficient, p_value
from studies.report.sections.elements import Section, Table
from studies.report.wording import Figures, is_choice

OF_ALL = (
    ("fleiss_kappa", "Fleiss’ kappa"),
    ("gwet_ac1", "Gwet’s AC1"),
    ("krippendorff_alpha", "Krippendorff’s alpha"),
)


def agreement_section(figures: Figures) -> Section:
    """Return every coefficient of agreement: of two observers, of each pair of several, of all."""
    agreement = figures["agreement"]
    two = figures["n_observers"] <= 2
    named = [("Cohen’s kappa", agreement["cohen_kappa"], agreement["p"])] if two else []
    named += [
        (f"Cohen’s kappa, {' and '.join(pair['observers'])}", pair["cohen_kappa"], pair["adjusted_p"])
        for pair in agreement["pairs"]
    ]
    named += [(name, agreement[key], None) for key, name in OF_ALL]
    rows = tuple(
        (name, coefficient(kappa), "" if p is None else f"p {p_value(p)}", kappa["method"]) for name, kappa, p in named
    )
    what = "which image was chosen" if is_choice(figures) else "what was said of each"
    adjusted = agreement["pairs_adjustment"]
    return Section(
        key="agreement",
        title="Agreement between observers",
        lead=(f"On {what}: 1 is full agreement, 0 that of chance.",),
        tables=(
            Table("Agreement between observers", ("Coefficient", "Value", "Kappa = 0", "Method"), rows, prose=True),
        ),
        notes=(f"p-values of the pairs are adjusted after {adjusted}.",) if adjusted else (),
    )

"""What observers saw, diagnosis by diagnosis."""

from perception.core.formatting import percent
from studies.report.plots.shares import shares_plot
from studies.report.sections.elements import Plot, Section, Table
from studies.report.wording import WORDINGS, Figures, capitalized, is_choice, methods_named

KEYS = ("sensitivity", "specificity")


def by_diagnosis_section(figures: Figures) -> Section | None:
    """Return both shares for the images of each diagnosis; None where none is known."""
    diagnoses = figures["by_diagnosis"]
    if not diagnoses:
        return None
    wording = WORDINGS[figures["task"]]
    kinds = KEYS[:1] if is_choice(figures) else KEYS
    numbers = ("n_perturbed", "n_clean")[: len(kinds)]
    shown = wording.shown[: len(kinds)]
    rows = tuple(
        (name, *(str(shares[key]) for key in numbers), *(percent(shares[key]) for key in kinds))
        for name, shares in diagnoses.items()
    )
    words = ". ".join(
        f"{name}: "
        + ", ".join(f"{what.lower()} {percent(shares[key])}" for what, key in zip(wording.shares, kinds, strict=False))
        for name, shares in diagnoses.items()
    )
    methods = methods_named(shares[key] for shares in diagnoses.values() for key in kinds)
    return Section(
        key="diagnoses",
        title="Diagnosis by diagnosis",
        plots=(
            Plot(
                shares_plot(list(diagnoses.items()), list(zip(kinds, wording.shares, strict=False)), salt="diagnoses"),
                f"Forest plot by diagnosis. {words}.",
            ),
        ),
        tables=(Table("Figures of each diagnosis", ("Diagnosis", *shown, *wording.shares[: len(kinds)]), rows),),
        notes=(
            f"{capitalized(methods)}. Each interval stands for itself: of several diagnoses one may well lie apart by "
            "chance alone.",
        ),
    )

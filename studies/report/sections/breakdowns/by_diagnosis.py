"""What observers saw, diagnosis by diagnosis."""

from functools import partial

from perception.analysis.breakdowns.by_diagnosis import DiagnosisShares
from perception.analysis.estimates.estimate import Estimate
from perception.analysis.observations import Task
from perception.analysis.study_summary import StudySummary
from perception.core.formatting import percent
from studies.report.plots.shares import Group, shares_plot
from studies.report.sections.count_tables import count_table
from studies.report.sections.elements import Plot, Section, Table
from studies.report.wording import WORDINGS, capitalized, methods_named


def by_diagnosis_section(summary: StudySummary) -> Section | None:
    """Return both shares for the images of each diagnosis; None where none is known."""
    if not summary.by_diagnosis:
        return None
    groups: list[Group] = [(name, _shares(of, summary.task)) for name, of in summary.by_diagnosis.items()]
    kinds = len(groups[0][1])
    names, shown = WORDINGS[summary.task].shares[:kinds], WORDINGS[summary.task].shown[:kinds]
    rows = tuple(
        (name, *(str(n) for n in (of.n_perturbed, of.n_clean)[:kinds]), *(percent(share) for share in shares))
        for (name, shares), of in zip(groups, summary.by_diagnosis.values(), strict=True)
    )
    words = ". ".join(
        f"{name}: " + ", ".join(f"{what.lower()} {percent(share)}" for what, share in zip(names, shares, strict=True))
        for name, shares in groups
    )
    methods = methods_named(share for _, shares in groups for share in shares)
    return Section(
        key="diagnoses",
        title="Diagnosis by diagnosis",
        plots=(Plot(partial(shares_plot, groups, names, salt="diagnoses"), f"Forest plot by diagnosis. {words}."),),
        tables=(Table("Figures of each diagnosis", ("Diagnosis", *shown, *names), rows),),
        count_tables=(count_table("Diagnosis", names, groups),),
        notes=(
            f"{capitalized(methods)}. Each interval stands for itself: of several diagnoses one may well lie apart by "
            "chance alone.",
        ),
    )


def _shares(of: DiagnosisShares, task: Task) -> tuple[Estimate, ...]:
    """Return both shares; of choices between two images, where the signal is in every trial, the first alone."""
    return (of.sensitivity,) if task == "two_afc" else (of.sensitivity, of.specificity)

"""The methods paragraph and the STARD checklist, as sections."""

from studies.report.build import Report
from studies.report.methods.paragraph import methods_of
from studies.report.methods.stard import stard_of
from studies.report.sections.elements import Section, Table


def methods_section(report: Report) -> Section:
    """Return the methods paragraph with its references."""
    methods = methods_of(report)
    return Section(
        key="methods",
        title="Methods, to be pasted",
        lead=methods.paragraphs,
        to_copy=methods.text,
        listed=methods.references,
    )


def stard_section(report: Report) -> Section:
    """Return the checklist with what the study answers."""
    items = stard_of(report)
    answered = sum(item.is_recorded for item in items)
    return Section(
        key="stard",
        title="STARD 2015 checklist",
        lead=(
            "Bossuyt et al. 2015, BMJ 351:h5527. The index test is what an observer says of an image, the reference "
            "standard what was done to the image. Some items have two parts: "
            f"the study answers {answered} of these {len(items)} lines; the others are plainly not recorded, and left "
            "to the authors.",
        ),
        tables=(
            Table(
                "STARD 2015 checklist",
                ("Item", "Section", "Asks for", "This study"),
                tuple((item.number, item.section, item.asks, item.answer) for item in items),
                prose=True,
            ),
        ),
    )

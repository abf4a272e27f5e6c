"""Who publishes the study, and under which approval, in full; the report's head names the authors alone."""

from studies.report.build import Report
from studies.report.sections.elements import LabelledText, Section


def publication_section(report: Report) -> Section | None:
    """Return what the study's researchers told of it; None where they told nothing."""
    publication = report.publication
    if not publication.is_told:
        return None
    authors = LabelledText("Authors", "; ".join(map(str, publication.authors)))
    told = [*([authors] if authors.text else []), *(LabelledText(name, text) for name, text in publication.facts)]
    return Section(
        key="publication",
        title="Authors, approvals and funding",
        facts=tuple(told),
        notes=("As the study’s researchers told it; it is no part of the protocol.",),
    )

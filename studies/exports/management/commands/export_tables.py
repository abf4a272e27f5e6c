"""`manage.py export_tables STUDY`: the pooled figures and those of each observer, as LaTeX or Markdown; or points."""

from studies.exports.management.export_command import ExportCommand


class Command(ExportCommand):
    """Write the tables of a report."""

    help = "Write the tables of a closed (or unblinded) study, pooled and of each observer, for a paper."
    formats = {"latex": "tables.tex", "markdown": "tables.md", "points": "visibility-points.csv"}

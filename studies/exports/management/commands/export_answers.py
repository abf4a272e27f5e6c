"""`manage.py export_answers STUDY`: the answers as CSV or JSON, as the report's downloads."""

from studies.exports.management.export_command import ExportCommand


class Command(ExportCommand):
    """Write the answers of a study."""

    help = "Write the answers of a closed (or unblinded) study as CSV or JSON; `manage.py analyse` reads the CSV."
    formats = {"csv": "answers.csv", "json": "answers.json"}

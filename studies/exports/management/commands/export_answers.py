"""`manage.py export_answers STUDY`: the answers as CSV, JSON or a file of iMRMC, as the report's downloads."""

from studies.exports.management.export_command import ExportCommand


class Command(ExportCommand):
    """Write the answers of a study."""

    help = (
        "Write the answers of a closed (or unblinded) study, as CSV, JSON or for iMRMC; `manage.py analyse` reads each."
    )
    formats = {"csv": "answers.csv", "json": "answers.json", "imrmc": "answers.imrmc"}

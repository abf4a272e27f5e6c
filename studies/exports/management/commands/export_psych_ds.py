"""`manage.py export_psych_ds STUDY --to FILE.zip`: the answers as a Psych-DS dataset."""

from studies.exports.management.export_command import ExportCommand


class Command(ExportCommand):
    """Write the answers of a study as a Psych-DS dataset."""

    help = "Write the answers of a closed (or unblinded) study as a Psych-DS dataset, a zip: data, metadata, protocol."
    formats = {"zip": "psych-ds.zip"}

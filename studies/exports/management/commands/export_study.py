"""`manage.py export_study STUDY --to FILE.zip`: the whole study as one archive."""

from studies.exports.management.export_command import ExportCommand


class Command(ExportCommand):
    """Write the archive of a study."""

    help = (
        "Write a closed (or unblinded) study as one archive: protocol, images, answers, report, program version, with "
        "their hashes. `manage.py verify_archive` checks it and computes its figures again."
    )
    formats = {"zip": "archive.zip"}

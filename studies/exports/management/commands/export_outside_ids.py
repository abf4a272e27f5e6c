"""`manage.py export_outside_ids STUDY`: whom to pay, by their ids at the recruiter."""

from studies.exports.management.text_command import TextCommand
from studies.exports.outside_ids import FILE_NAME, outside_ids_csv
from studies.models.study import Study


class Command(TextCommand):
    """Write the recruiters' ids of a study."""

    help = (
        "Write labels with ids at the recruiter and states as CSV, to pay people. It holds the ids: keep it apart from "
        "answers, and delete it with them. It is in no archive."
    )
    name = FILE_NAME

    def text_of(self, study: Study) -> str:
        """Return the table."""
        return outside_ids_csv(study)

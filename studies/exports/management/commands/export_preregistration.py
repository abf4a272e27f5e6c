"""`manage.py export_preregistration STUDY`: the protocol as a preregistration, as the study page's download."""

from studies.exports.management.text_command import TextCommand
from studies.exports.preregistration import FILE_NAME, preregistration_text
from studies.models.study import Study


class Command(TextCommand):
    """Write the protocol of an opened study as the text of a preregistration."""

    help = "Write the protocol of an opened study as a preregistration, in the order of the OSF's template; no results."
    name = FILE_NAME

    def text_of(self, study: Study) -> str:
        """Return the text."""
        return preregistration_text(study)

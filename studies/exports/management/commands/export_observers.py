"""`manage.py export_observers STUDY`: what observers told of themselves as CSV, as the study page's download."""

from studies.exports.management.text_command import TextCommand
from studies.exports.observers import sessions_csv
from studies.models.study import Study


class Command(TextCommand):
    """Write what is known of the observers of a study."""

    help = "Write questionnaires, comments and screens of a study's observers as CSV; it holds no answers."
    name = "observers.csv"

    def text_of(self, study: Study) -> str:
        """Return the table."""
        return sessions_csv(study)

"""`manage.py change_group STUDY GROUP LABEL …`: put observers who have not begun into another group."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from studies.design.recruitment.groups import change_group
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from


class Command(BaseCommand):
    """Put observers into another group."""

    help = "Put observers who have not begun into another group of the study."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the group, the labels and who says it."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("group", help="one of the study's groups; '' for none yet")
        parser.add_argument("labels", nargs="+", metavar="LABEL", help="of the observers")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *, study: str, group: str, labels: list[str], by: str | None, **options: object) -> None:
        """Put them there, and say who is new in it."""
        try:
            moved = change_group(study=study_from(study), labels=labels, group=group, by=researcher_from(by))
        except StudyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(", ".join(observer.label for observer in moved) or "Nobody: they were in it already.")

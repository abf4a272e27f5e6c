"""`manage.py invite_observers STUDY LABEL …`: print a link for each new observer."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studies.design.invitations import invitation_url, invite_observers
from studies.errors import StudyError
from studies.lookup import researcher_from, study_from


class Command(BaseCommand):
    """Invite observers to a study."""

    help = "Invite observers, by label, and print a link for each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study, the labels and who invites."""
        parser.add_argument("study", help="number or title")
        parser.add_argument("labels", nargs="+", metavar="LABEL", help="a pseudonym for each observer")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Invite them."""
        study = study_from(options["study"])
        try:
            observers = invite_observers(study=study, labels=options["labels"], by=researcher_from(options["by"]))
        except StudyError as error:
            raise CommandError(str(error)) from error
        for observer in observers:
            self.stdout.write(f"{observer.label}: {invitation_url(observer)}")

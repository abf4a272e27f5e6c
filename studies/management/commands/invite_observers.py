"""`manage.py invite_observers STUDY LABEL …`: print a link for each new observer."""

from argparse import ArgumentParser

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
        parser.add_argument("--group", default="", help="one of the study's groups, to which all of them belong")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *, study: str, labels: list[str], group: str, by: str | None, **options: object) -> None:
        """Invite them."""
        invited_to = study_from(study)
        try:
            observers = invite_observers(
                study=invited_to, labels=labels, groups=[group] * len(labels), by=researcher_from(by)
            )
        except StudyError as error:
            raise CommandError(str(error)) from error
        for observer in observers:
            self.stdout.write(f"{observer.label}: {invitation_url(observer)}")

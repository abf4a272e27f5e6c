"""`manage.py create_study TITLE`: make a draft, and open it at once if asked."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from studies.design.invitations import invitation_url, invite_observers, next_labels
from studies.design.lifecycle import create_study, open_study
from studies.errors import StudyError
from studies.lookup import researcher_from
from studies.management.study_flags import add_study_flags, given_options


class Command(BaseCommand):
    """Make a study, as the form in the interface does."""

    help = "Make a study from image pairs; with --observers and --open it is ready for observers at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study's options, whom to invite, and whether to open it."""
        parser.formatter_class = RawDescriptionHelpFormatter
        add_study_flags(parser)
        parser.add_argument("--observers", type=int, default=0, metavar="N", help="invite N observers")
        parser.add_argument("--open", action="store_true", help="open the study")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(self, *, by: str | None, observers: int, open: bool, **arguments: object) -> None:
        """Make the study and print its number, and the observers' links."""
        researcher = researcher_from(by)
        try:
            study = create_study(by=researcher, **given_options(arguments))
            self.stdout.write(f"Study {study.pk}: {study.title}")
            if observers:
                labels = next_labels(study, observers)
                for observer in invite_observers(study=study, labels=labels, by=researcher):
                    self.stdout.write(f"  {observer.label}: {invitation_url(observer)}")
            if open:
                study = open_study(study=study, by=researcher)
            self.stdout.write(f"  {study.get_state_display()}")
        except StudyError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            wrong = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            raise CommandError(wrong) from error

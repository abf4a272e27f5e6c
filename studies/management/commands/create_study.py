"""`manage.py create_study TITLE`: make a draft, and open it at once if asked."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from ml.models.pair_set import PairSet
from studies.design.drafts.planned import create_planned_study
from studies.design.drafts.templates import TEMPLATES_BY_KEY
from studies.design.invitations import invitation_url, invite_observers, next_labels
from studies.design.lifecycle import open_study
from studies.errors import StudyError
from studies.lookup import pair_set_from, researcher_from
from studies.management.study_flags import add_study_flags, given_options, wrong_text
from studies.planning.kept_plan import make_kept_plan


class Command(BaseCommand):
    """Make a study, as the form in the interface does."""

    help = "Make a study from image pairs; with --observers and --open it is ready for observers at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study's options, whom to invite, and whether to open it."""
        parser.formatter_class = RawDescriptionHelpFormatter
        add_study_flags(parser)
        parser.add_argument(
            "--template",
            choices=TEMPLATES_BY_KEY,
            help="what to start from; what else is given goes before it (without one every option has its default)",
        )
        parser.add_argument(
            "--plan",
            metavar="ADDRESS",
            help="of the page of a plan: its numbers go before all else, and the plan is kept with the study",
        )
        parser.add_argument("--observers", type=int, default=0, metavar="N", help="invite N observers")
        parser.add_argument("--open", action="store_true", help="open the study")
        parser.add_argument("--by", metavar="USER", help="the researcher (default: the only user)")

    def handle(
        self,
        *,
        by: str | None,
        observers: int,
        open: bool,
        template: str | None,
        plan: str | None,
        **arguments: object,
    ) -> None:
        """Make the study and print its number, and the observers' links."""
        researcher = researcher_from(by)
        try:
            given = given_options(arguments)
            pair_set = given.setdefault("pair_set", pair_set_from(None))
            if template is not None and isinstance(pair_set, PairSet):
                given = TEMPLATES_BY_KEY[template].options_for(pair_set, by=researcher) | given
            study = create_planned_study(by=researcher, plan=make_kept_plan(plan) if plan else None, **given)
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
            raise CommandError(wrong_text(error)) from error

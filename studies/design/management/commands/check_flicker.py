"""`manage.py check_flicker STUDY`: measure a draft's image pairs against the thresholds of flashes, before it opens."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from studies.design.flash_checks import measure_flashes
from studies.errors import StudyError
from studies.lookup import study_from


class Command(BaseCommand):
    """Measure the flicker of image pairs."""

    help = (
        "Measure how much of each image pair of a study would flash, and say how many exceed the thresholds of general "
        "and red flashes of WCAG 2.2, 2.3.1: the study does not show them. The opening measures what is not measured."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study."""
        parser.add_argument("study", help="number or title")

    def handle(self, *, study: str, **options: object) -> None:
        """Measure, and tell what came of it."""
        of = study_from(study)
        if not of.needs_flash_check:
            reason = "its images do not flicker" if not of.flickers else "it shows at most three flashes a second"
            self.stdout.write(f"“{of.title}” needs no check: {reason}.")
            return
        try:
            tally = measure_flashes(of)
        except StudyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Measured {tally.measured:,} image pairs; {tally.over:,} exceed the thresholds of flashes.")

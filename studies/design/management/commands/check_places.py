"""`manage.py check_places STUDY`: look where a draft's image pairs are changed, before it opens."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from studies.design.marked_places.region_checks import measure_regions
from studies.errors import StudyError
from studies.lookup import study_from


class Command(BaseCommand):
    """Look where image pairs are changed."""

    help = (
        "Look where each image pair of a study of the trial type marked_place is changed, and say how many have no "
        "place that could be marked, because they are changed everywhere or not at all: the study does not show them. "
        "The opening looks at what was not looked at."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the study."""
        parser.add_argument("study", help="number or title")

    def handle(self, *, study: str, **options: object) -> None:
        """Look, and tell what came of it."""
        of = study_from(study)
        if not of.trials.marks_place:
            self.stdout.write(f"“{of.title}” needs no check: it asks for no place.")
            return
        try:
            tally = measure_regions(of)
        except StudyError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Looked at {tally.measured:,} image pairs; {tally.everywhere:,} are changed everywhere, or not at all."
        )
        if tally.from_masks:
            self.stdout.write(
                f"Where {tally.from_masks:,} of them are changed is what masks say that came with them; of the others "
                "it is computed."
            )

"""`manage.py plan_grades --half-width 0.2`: the observers that a degradation category rating takes."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Plan a degradation category rating."""

    help = (
        "Work out how many observers a degradation category rating takes, so that the interval of the mean grade "
        "(DMOS), for observers and images like these, reaches so far to either side (--half-width); with --observers, "
        "how far it reaches. How much grades vary is known from a pilot: its report tells the standard deviations."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("--half-width", type=float, metavar="GRADES", help="wanted, such as 0.2")
        parser.add_argument("--observers", type=int, help="how many there are, in the place of --half-width")
        parser.add_argument(
            "--images", type=int, default=30, help="perturbed test images that each grades (default: %(default)s)"
        )
        parser.add_argument(
            "--observer-sd", type=float, default=0.4, help="SD between observers’ means (default: %(default)s)"
        )
        parser.add_argument(
            "--image-sd", type=float, default=0.3, help="SD between images’ means (default: %(default)s)"
        )
        parser.add_argument(
            "--rest-sd", type=float, default=0.6, help="SD of single grades beside these (default: %(default)s)"
        )
        parser.add_argument("--level", type=float, default=0.95, help="of the interval (default: %(default)s)")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(
        self,
        *,
        half_width: float | None,
        observers: int | None,
        images: int,
        observer_sd: float,
        image_sd: float,
        rest_sd: float,
        level: float,
        format: str,
        **options: object,
    ) -> None:
        """Compute and print.

        Raises
        ------
        CommandError
            A number outside its range, or neither or both of what is to be worked out.
        """
        from perception.analysis.planning import mean_grade  # brings SciPy

        if (half_width is None) == (observers is None):
            raise CommandError("Give --half-width, to learn the observers it takes, or --observers, to learn how far.")
        try:
            spread = mean_grade.GradeSpread(observer_sd, image_sd, rest_sd)
            if half_width is not None:
                observers = mean_grade.observers_needed(spread, half_width, images=images, level=level)
            reached = (
                None
                if observers is None
                else mean_grade.half_width(spread, observers=observers, images=images, level=level)
            )
        except ValueError as error:
            raise CommandError(f"{error}.") from error
        if format == "json":
            found = {"observers": observers, "images": images, "half_width": reached, "wanted": half_width}
            self.stdout.write(json.dumps({**found, "level": level}, indent=2))
            return
        assumed = (
            f"Assumed: standard deviations of {observer_sd:g} between observers, {image_sd:g} between images and "
            f"{rest_sd:g} of single grades, on the scale from 1 to 5; every observer grades {images} images."
        )
        self.stdout.write(f"{_told(half_width, observers, reached, level)}\n{assumed}")


def _told(wanted: float | None, observers: int | None, reached: float | None, level: float) -> str:
    if observers is None or reached is None:
        return (
            f"No number of observers makes the {100 * level:g}% interval of the mean grade as narrow as ±{wanted:g}: "
            "these images alone vary too much. Take more images."
        )
    takes = f"{observers:,} observers: the {100 * level:g}% interval of the mean grade reaches ±{reached:.2f}"
    return f"{takes} (images and observers random)."

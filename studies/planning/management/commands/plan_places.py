"""`manage.py plan_places`: how precisely marked places will tell what observers see."""

import json
from argparse import ArgumentParser
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError

USUAL = (3, 5, 10, 20)


class Command(BaseCommand):
    """Plan a study that marks places."""

    help = (
        "Simulate studies whose observers rate each image and mark the likeliest place of the change, and print how "
        "wide the intervals are of the area under the LROC curve and of the share of right places, and how often that "
        "share is shown to lie above chance. What simulated observers are, docs/statistics.md says."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument(
            "--observers",
            type=int,
            action="append",
            metavar="N",
            help=f"may be given several times (default: {', '.join(map(str, USUAL))})",
        )
        parser.add_argument("--images", type=int, default=50, help="that each judges (default: %(default)s)")
        parser.add_argument(
            "--prevalence", type=float, default=0.6, help="share of perturbed images (default: %(default)s)"
        )
        parser.add_argument(
            "--dprime", type=float, default=1.5, help="for the change at its place (default: %(default)s)"
        )
        parser.add_argument(
            "--places",
            type=int,
            default=10,
            help="how many times as large as the region that counts as right an image is (default: %(default)s)",
        )
        parser.add_argument(
            "--observer-sd", type=float, default=0.3, help="SD of d′ and criterion (default: %(default)s)"
        )
        parser.add_argument(
            "--image-sd", type=float, default=0.5, help="SD of images, in SDs of one impression (default: %(default)s)"
        )
        parser.add_argument("--simulate", type=int, default=200, metavar="N", help="studies (default: %(default)s)")
        parser.add_argument("--seed", type=int, default=1, help="of the simulation (default: %(default)s)")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(
        self,
        *,
        observers: list[int] | None,
        images: int,
        prevalence: float,
        dprime: float,
        places: int,
        observer_sd: float,
        image_sd: float,
        simulate: int,
        seed: int,
        format: str,
        **options: object,
    ) -> None:
        """Simulate, print.

        Raises
        ------
        CommandError
            A number outside its range.
        """
        # Not at the top: SciPy takes a second to load, and `--help` does not need it.
        from perception.analysis.planning.marked_places import places_precision
        from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation
        from perception.analysis.simulated_observers.search import PlaceSearch

        perturbed = round(prevalence * images)
        try:
            if min(observer_sd, image_sd) < 0:
                raise ValueError("standard deviations are 0 or more")  # noqa: TRY301 - told as the others are
            population = ObserverPopulation(dprime, 0.0, observer_sd, observer_sd)
            search = PlaceSearch(population, ImpressionNoise.standardised(image_sd), places)
            found = [
                places_precision(
                    search,
                    observers=number,
                    perturbed=perturbed,
                    clean=images - perturbed,
                    studies=simulate,
                    seed=seed,
                )
                for number in observers or USUAL
            ]
        except ValueError as error:
            raise CommandError(f"This cannot be planned: {error}.") from error
        if format == "json":
            self.stdout.write(json.dumps([asdict(one) for one in found], indent=2))
            return
        self.stdout.write(
            f"{perturbed} perturbed and {images - perturbed} clean images, d′ {dprime:g} at the place of the change, "
            f"which is 1 of {places} places: {100 * found[0].share:.0f}% of them are marked rightly (chance "
            f"{100 / places:.0f}%), and the area under the LROC curve is {found[0].area:.2f}. 95% intervals for "
            f"observers and images like these, {simulate} simulated studies:\n"
        )
        for one in found:
            self.stdout.write(
                f"{one.observers:>5} observers: area ± {_told(one.area_half_width)}, right places ± "
                f"{_told(one.share_half_width)}; shown to be above chance in {100 * one.located:.0f}% of studies"
            )


def _told(half_width: float | None) -> str:
    return "–" if half_width is None else f"{half_width:.2f}"

"""`manage.py plan_repeats`: how many trials to show twice, for agreement within observers."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

USUAL = (5, 10, 15, 20, 30)


class Command(BaseCommand):
    """Say how precisely kappa within observers will be known."""

    help = (
        "Simulate studies that show trials twice, and print how wide the interval of kappa within observers is, by how "
        "many of them there are. What simulated observers are, docs/statistics.md says."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("--observers", type=int, default=4, help="how many (default: %(default)s)")
        parser.add_argument("--images", type=int, default=50, help="that each judges (default: %(default)s)")
        parser.add_argument(
            "--repeats",
            type=int,
            action="append",
            metavar="N",
            help=f"trials shown twice; may be given several times (default: {', '.join(map(str, USUAL))})",
        )
        parser.add_argument("--dprime", type=float, default=0.0, help="of the mean observer (default: %(default)s)")
        parser.add_argument(
            "--observer-sd", type=float, default=0.0, help="SD of d′ and criterion (default: %(default)s)"
        )
        parser.add_argument(
            "--image-sd", type=float, default=0.0, help="SD of images, in SDs of one impression (default: %(default)s)"
        )
        parser.add_argument(
            "--look-share",
            type=float,
            default=0.5,
            help="how much of the first look's variance comes back, 0 to below 1 (default: %(default)s)",
        )
        parser.add_argument(
            "--prevalence", type=float, default=0.6, help="share of perturbed images (default: %(default)s)"
        )
        parser.add_argument("--simulate", type=int, default=200, metavar="N", help="studies (default: %(default)s)")
        parser.add_argument("--seed", type=int, default=1, help="of the simulation (default: %(default)s)")

    def handle(
        self,
        *,
        observers: int,
        images: int,
        repeats: list[int] | None,
        dprime: float,
        observer_sd: float,
        image_sd: float,
        look_share: float,
        prevalence: float,
        simulate: int,
        seed: int,
        **options: object,
    ) -> None:
        """Simulate, print."""
        # Not at the top: SciPy takes a second to load, and `--help` does not need it.
        from perception.analysis.number_words import signed
        from perception.analysis.planning.repeats import kappa_precision
        from perception.analysis.simulated_observers.model import ImpressionNoise, ObserverPopulation
        from perception.analysis.simulated_observers.repeated_looks import RepeatedLooks

        population = ObserverPopulation(dprime, 0.0, observer_sd, observer_sd)
        looks = RepeatedLooks(population, ImpressionNoise.standardised(image_sd), look_share, prevalence)
        numbers = repeats or [n for n in USUAL if n <= images]
        try:
            found = [
                kappa_precision(looks, observers=observers, images=images, repeated=n, studies=simulate, seed=seed)
                for n in numbers
            ]
        except ValueError as error:
            raise CommandError(f"This cannot be planned: {error}.") from error
        self.stdout.write(
            f"{observers} observers, {images} images each, d′ {dprime:g}, look share {look_share:g}: kappa within "
            f"observers is {signed(found[0].kappa, digits=2)}.\n"
        )
        for one in found:
            width = "no interval" if one.half_width is None else f"95% interval ± {one.half_width:.2f}"
            seldom = f" (in {100 * one.estimable:.0f}% of studies)" if 0 < one.estimable < 1 else ""
            self.stdout.write(f"{one.repeated:>5} trials shown twice: {width}{seldom}")

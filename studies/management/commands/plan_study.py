"""`manage.py plan_study --margin 0.05`: the images that a study takes, or what a design can show."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

MOST_STUDIES = 100_000


class Command(BaseCommand):
    """Plan a study."""

    help = (
        "Work out how many images a study takes to show that a change is undetectable within a margin (--margin), or "
        "that it is detected (--dprime alone); with --images, what a study of that size can show. By formula, and "
        "with --simulate also by simulated studies, each analysed as a report does."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument(
            "--margin", type=float, help="δ of equivalence: balanced accuracy lies inside 0.5 ± δ, such as 0.05"
        )
        parser.add_argument(
            "--dprime",
            type=float,
            help="d′ of the mean observer: to be detected; with --margin, the one they really have (default: 0)",
        )
        parser.add_argument("--observers", type=int, default=4, help="how many (default: %(default)s)")
        parser.add_argument("--images", type=int, help="how many, perturbed and clean; without it: as many as it takes")
        parser.add_argument(
            "--prevalence", type=float, default=0.5, help="share of perturbed images (default: %(default)s)"
        )
        parser.add_argument(
            "--icc", type=float, help="ρ, the correlation of two observers' answers to one image (default: 0.1)"
        )
        parser.add_argument(
            "--image-sd", type=float, help="in the place of --icc: SD of the images, in SDs of one impression"
        )
        parser.add_argument(
            "--observer-sd", type=float, default=0.0, help="SD of d′ between observers (default: %(default)s)"
        )
        parser.add_argument(
            "--observers-random", action="store_true", help="claim it of other observers too, not of these alone"
        )
        parser.add_argument(
            "--level", type=float, help="of the interval (default: 0.90 with --margin, which tests at 5%%; else 0.95)"
        )
        parser.add_argument("--power", type=float, default=0.8, help="wanted (default: %(default)s)")
        parser.add_argument("--simulate", type=int, default=0, metavar="N", help="simulate N studies, such as 2000")
        parser.add_argument("--seed", type=int, default=1, help="of the simulation (default: %(default)s)")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(
        self,
        *,
        margin: float | None,
        dprime: float | None,
        observers: int,
        images: int | None,
        prevalence: float,
        icc: float | None,
        image_sd: float | None,
        observer_sd: float,
        observers_random: bool,
        level: float | None,
        power: float,
        simulate: int,
        seed: int,
        format: str,
        **options: object,
    ) -> None:
        """Work out, print."""
        _require_claim(margin=margin, dprime=dprime)
        _refuse_both(icc=icc, image_sd=image_sd)
        _require_simulation(studies=simulate, seed=seed)
        # Not at the top: SciPy takes a second to load, and `--help` does not need it.
        from studies.planning.plan import make_plan
        from studies.planning.request import PlanRequest, correlation_asked_for
        from studies.planning.text import plan_text

        try:
            plan = make_plan(
                PlanRequest(
                    margin=margin,
                    dprime=dprime or 0.0,
                    observers=observers,
                    images=images,
                    prevalence=prevalence,
                    correlation=correlation_asked_for(icc=icc, image_sd=image_sd),
                    observer_sd=observer_sd,
                    observers_random=observers_random,
                    level=level,
                    power=power,
                    studies=simulate,
                    seed=seed,
                )
            )
        except ValueError as error:
            raise CommandError(f"This cannot be planned: {error}.") from error
        if format == "json":
            self.stdout.write(json.dumps(plan.as_dict(), indent=2, ensure_ascii=False, allow_nan=False))
        else:
            self.stdout.write(plan_text(plan))


def _require_claim(*, margin: float | None, dprime: float | None) -> None:
    if margin is None and dprime is None:
        raise CommandError(
            "Say what the study is to show: --margin 0.05 (undetectable within 5 points) or --dprime 0.3 (detected)."
        )


def _refuse_both(*, icc: float | None, image_sd: float | None) -> None:
    if icc is not None and image_sd is not None:
        raise CommandError("Give --icc or --image-sd, not both: each follows from the other.")


def _require_simulation(*, studies: int, seed: int) -> None:
    if not 0 <= studies <= MOST_STUDIES:
        raise CommandError(f"--simulate takes 0 to {MOST_STUDIES} studies, not {studies}.")
    if seed < 0:
        raise CommandError(f"--seed takes a number that is not negative, not {seed}.")

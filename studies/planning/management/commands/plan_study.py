"""`manage.py plan_study --margin 0.05`: the images that a study takes, or what a design can show."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

MOST_STUDIES = 100_000


class Command(BaseCommand):
    """Plan a study."""

    help = (
        "Work out how many images a study takes to show that a change is undetectable within a margin (--margin), that "
        "it is detected (--dprime alone), or that two attacks differ (--dprime and --two-arms); with --images, what a "
        "study of that size can show. By formula, and with --simulate also by simulated studies, each analysed as a "
        "report does."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument(
            "--margin",
            type=float,
            help="δ of equivalence: d′ within that of a balanced accuracy of 0.5 ± δ without a leaning, such as 0.05",
        )
        parser.add_argument(
            "--dprime",
            type=float,
            help="d′ of the mean observer: to be detected; with --margin, the one they really have (default: 0)",
        )
        parser.add_argument(
            "--two-arms",
            type=float,
            metavar="DPRIME",
            dest="second_dprime",
            help="d′ of the same observers for a second attack: to show that both attacks differ, "
            "--dprime being that for the first; --images are those of each attack",
        )
        parser.add_argument(
            "--likeness",
            type=float,
            default=0.5,
            help="correlation, between two attacks, of what observers and images differ by (default: %(default)s)",
        )
        parser.add_argument("--other-images", action="store_true", help="of two attacks: other images of each")
        parser.add_argument("--observers", type=int, default=4, help="how many (default: %(default)s)")
        parser.add_argument("--images", type=int, help="how many, perturbed and clean; without it: as many as it takes")
        parser.add_argument(
            "--pool",
            type=int,
            metavar="N",
            help="each observer judges images of their own, drawn from so many; --images are those of one observer",
        )
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
        second_dprime: float | None,
        likeness: float,
        other_images: bool,
        observers: int,
        images: int | None,
        pool: int | None,
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
        _require_claim(margin=margin, dprime=dprime, of_two_arms=second_dprime is not None)
        _refuse_both(icc=icc, image_sd=image_sd)
        _require_simulation(studies=simulate, seed=seed)
        # Not at the top: SciPy takes a second to load, and `--help` does not need it.
        from studies.planning.plan import make_plan
        from studies.planning.request import PlanRequest, correlation_asked_for
        from studies.planning.text import plan_text
        from studies.planning.two_arms.plan import plan_two_arms
        from studies.planning.two_arms.text import two_arms_text

        try:
            request = PlanRequest(
                margin=margin,
                dprime=dprime or 0.0,
                observers=observers,
                images=images,
                pool=pool,
                prevalence=prevalence,
                correlation=correlation_asked_for(icc=icc, image_sd=image_sd),
                observer_sd=observer_sd,
                observers_random=observers_random,
                level=level,
                power=power,
                studies=simulate,
                seed=seed,
            )
            printed: dict[str, object] | str
            if second_dprime is not None and pool is not None:
                raise CommandError("Two arms are planned with the same images for all: leave --pool out.")
            if second_dprime is not None:
                arms = plan_two_arms(
                    request, second_dprime=second_dprime, likeness=likeness, same_images=not other_images
                )
                printed = arms.as_dict() if format == "json" else two_arms_text(arms)
            else:
                plan = make_plan(request)
                printed = plan.as_dict() if format == "json" else plan_text(plan)
        except ValueError as error:
            raise CommandError(f"This cannot be planned: {error}.") from error
        if not isinstance(printed, str):
            printed = json.dumps(printed, indent=2, ensure_ascii=False, allow_nan=False)
        self.stdout.write(printed)


def _require_claim(*, margin: float | None, dprime: float | None, of_two_arms: bool) -> None:
    if margin is None and dprime is None:
        if of_two_arms:
            raise CommandError("Say d′ for the first attack, too: --dprime 1 --two-arms 1.5")
        raise CommandError(
            "Say what the study is to show: --margin 0.05 (undetectable within 5 points), --dprime 0.3 (detected), or "
            "--dprime 1 --two-arms 1.5 (two attacks differ)."
        )


def _refuse_both(*, icc: float | None, image_sd: float | None) -> None:
    if icc is not None and image_sd is not None:
        raise CommandError("Give --icc or --image-sd, not both: each follows from the other.")


def _require_simulation(*, studies: int, seed: int) -> None:
    if not 0 <= studies <= MOST_STUDIES:
        raise CommandError(f"--simulate takes 0 to {MOST_STUDIES} studies, not {studies}.")
    if seed < 0:
        raise CommandError(f"--seed takes a number that is not negative, not {seed}.")

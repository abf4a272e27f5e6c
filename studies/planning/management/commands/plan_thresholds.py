"""`manage.py plan_thresholds`: how precisely strengths that are chosen from answers will tell thresholds."""

import json
from argparse import ArgumentParser
from dataclasses import asdict

from django.core.management.base import BaseCommand, CommandError

USUAL = (30, 60, 90, 120)
USUAL_STRENGTHS = (1.0, 2.0, 4.0, 8.0, 16.0)


class Command(BaseCommand):
    """Plan a study whose strengths QUEST+ chooses."""

    help = (
        "Simulate studies whose strengths are chosen from the answers (QUEST+), and print by which factor the interval "
        "of a threshold reaches below and above it, for one observer and for observers like these, by the number of "
        "trials. What simulated observers are, docs/statistics.md says."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("--observers", type=int, default=6, help="how many (default: %(default)s)")
        parser.add_argument(
            "--trials",
            type=int,
            action="append",
            metavar="N",
            help="of each, clean images among them; may be given several times (default: "
            f"{', '.join(map(str, USUAL))})",
        )
        parser.add_argument(
            "--task",
            choices=("two_afc", "yes_no"),
            default="two_afc",
            help="two images, or clean or perturbed (default: %(default)s)",
        )
        parser.add_argument(
            "--strength",
            type=float,
            action="append",
            metavar="LEVELS",
            help=f"of the image pairs; several times (default: {', '.join(f'{one:g}' for one in USUAL_STRENGTHS)})",
        )
        parser.add_argument(
            "--threshold", type=float, default=4.0, help="of the mean observer, in levels (default: %(default)s)"
        )
        parser.add_argument("--slope", type=float, default=2.0, help="per doubling of strength (default: %(default)s)")
        parser.add_argument(
            "--threshold-sd", type=float, default=0.4, help="between observers, in doublings (default: %(default)s)"
        )
        parser.add_argument(
            "--false-alarms", type=float, default=0.15, help="of clean images, with yes_no (default: %(default)s)"
        )
        parser.add_argument(
            "--prevalence", type=float, default=2 / 3, help="share of perturbed images, with yes_no (default: 2/3)"
        )
        parser.add_argument("--simulate", type=int, default=50, metavar="N", help="studies (default: %(default)s)")
        parser.add_argument("--seed", type=int, default=1, help="of the simulation (default: %(default)s)")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(
        self,
        *,
        observers: int,
        trials: list[int] | None,
        task: str,
        strength: list[float] | None,
        threshold: float,
        slope: float,
        threshold_sd: float,
        false_alarms: float,
        prevalence: float,
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
        from perception.analysis.planning.thresholds import threshold_precision
        from perception.analysis.simulated_observers.threshold_sessions import ThresholdSessions

        try:
            sessions = ThresholdSessions(
                "yes_no" if task == "yes_no" else "two_afc",
                tuple(sorted(strength or USUAL_STRENGTHS)),
                threshold,
                slope,
                threshold_sd,
                false_alarms=false_alarms,
                clean_share=1 - prevalence,
            )
            found = [
                threshold_precision(sessions, observers=observers, trials=number, studies=simulate, seed=seed)
                for number in trials or USUAL
            ]
        except ValueError as error:
            raise CommandError(f"This cannot be planned: {error}.") from error
        if format == "json":
            self.stdout.write(json.dumps([asdict(one) for one in found], indent=2))
            return
        shown = ", ".join(f"{one:g}" for one in sessions.strengths)
        self.stdout.write(
            f"{observers} observers, threshold {threshold:g} levels, slope {slope:g} per doubling, strengths {shown}, "
            f"chosen by QUEST+. 95% intervals, {simulate} simulated studies:\n"
        )
        for one in found:
            outside = f"; {100 * one.undefined:.0f}% of observers without a threshold" if one.undefined else ""
            self.stdout.write(
                f"{one.trials:>5} trials: one observer’s threshold ×/÷ {_told(one.own_factor)}, that of observers like "
                f"these ×/÷ {_told(one.pooled_factor)}{outside}"
            )


def _told(factor: float | None) -> str:
    return "–" if factor is None else f"{factor:.2f}"

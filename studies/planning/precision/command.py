"""What the commands `plan_places`, `plan_thresholds`, `plan_grades` and `plan_repeats` share: all but the method."""

import json
from argparse import ArgumentParser
from typing import ClassVar

from django.core.management.base import BaseCommand, CommandError

from studies.planning.precision.method import PrecisionMethod


class PrecisionCommand(BaseCommand):
    """Print the plan of a method."""

    method: ClassVar[PrecisionMethod]
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        for asked in self.method.quantities:
            asked.add_argument(parser)
        if self.method.studies:
            parser.add_argument(
                "--simulate",
                type=int,
                default=self.method.studies,
                metavar="N",
                help="studies (default: %(default)s)",
            )
            parser.add_argument("--seed", type=int, default=1, help="of the simulation (default: %(default)s)")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *, simulate: int = 0, seed: int = 1, **options: object) -> None:
        """Plan, print.

        Raises
        ------
        CommandError
            A number outside its range.
        """
        try:
            plan = self.method.plan(self.method.complete(options), studies=simulate, seed=seed)
        except ValueError as error:
            raise CommandError(f"This cannot be planned: {error}.") from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(plan.found, indent=2))
            return
        if self.method.studies:
            self.stdout.write("\n".join([plan.assumed, "", *(f"  {row.sentence}" for row in plan.rows)]))
        else:
            self.stdout.write("\n".join([*(row.sentence for row in plan.rows), plan.assumed]))

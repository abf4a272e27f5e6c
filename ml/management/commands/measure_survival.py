"""`manage.py measure_survival`: does the perturbation survive compression, resizing and blur?"""

import json
from argparse import ArgumentParser

from ml.evaluation.survival import SurvivalMeasurement
from ml.evaluation.survival_row import SurvivalRow
from ml.evaluation.text.survival import survival_text
from ml.management.data_command import Options
from ml.management.work_command import WorkCommand
from ml.models import PairSet, Survival
from ml.runs.lookup import named_or_newest


class Command(WorkCommand[Survival]):
    """Degrade both twins of every pair as others would, classify them, and print a row a degradation."""

    help = (
        "Compress, resize and blur both twins of every pair, as saved, and print how often the attack still fools the "
        "classifier."
    )
    title = "Measuring what the attack survives"
    unit = "pair"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        super().add_arguments(parser)
        parser.add_argument("--pairs", metavar="NAME", help="the pair set; default: the newest")
        parser.add_argument("--format", default="text", choices=["text", "json"], help="default: %(default)s")

    def work(self, options: Options) -> SurvivalMeasurement:
        """Return the measurement that the command line asks for."""
        return SurvivalMeasurement(pair_set=named_or_newest(PairSet, options["pairs"]))

    def tell(self, made: Survival, options: Options) -> None:
        """Print the rows."""
        if options["format"] == "json":
            self.stdout.write(json.dumps(made.rows, indent=2, ensure_ascii=False))
            return
        rows = [SurvivalRow.from_dict(row) for row in made.rows]
        self.stdout.write(survival_text(rows, target=made.pair_set.attack.target_class))

"""`manage.py evaluate_attack`: the paper's Table 1, on the saved 8-bit images."""

import json
from argparse import ArgumentParser
from typing import Any

from ml.attack_evaluation import AttackEvaluation
from ml.evaluation_lines import size_lines
from ml.management.work_command import WorkCommand
from ml.models import Evaluation, PairSet
from ml.selection import named_or_newest
from ml.table_one import table_one_text


class Command(WorkCommand):
    """Classify both twins of every pair and print what the attack did."""

    help = (
        "Classify both twins of every pair as saved, and print precision, recall, fooling ratio and the change's size."
    )
    title = "Evaluating the attack"
    unit = "pair"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        super().add_arguments(parser)
        parser.add_argument("--pairs", metavar="NAME", help="the pair set; default: the newest")
        parser.add_argument("--format", default="text", choices=["text", "json"], help="default: %(default)s")

    def work(self, options: dict[str, Any]) -> AttackEvaluation:
        """Return the evaluation that the command line asks for."""
        return AttackEvaluation(pair_set=named_or_newest(PairSet, options["pairs"]))

    def tell(self, made: Evaluation, options: dict[str, Any]) -> None:
        """Print the table and the sizes of the change."""
        if options["format"] == "json":
            self.stdout.write(json.dumps(made.table | {"sizes": made.sizes}, indent=2, ensure_ascii=False))
            return
        self.stdout.write(table_one_text(made.table))
        self.stdout.write("")
        for line in size_lines(made.sizes):
            self.stdout.write(f"{line['name']}: {line['text']}")

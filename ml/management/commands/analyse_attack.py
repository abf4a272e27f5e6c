"""`manage.py analyse_attack PREDICTIONS.csv`: the paper's Table 1, from a table of predictions."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from ml.management.data_command import Options
from perception.core.input_files.csv_table import CsvError
from perception.core.input_files.source import read_input_file


class Command(BaseCommand):
    """Analyse a classifier's predictions before and after an attack, from any program."""

    help = (
        "Compute the paper's Table 1 from a CSV with the columns image, truth, clean_prediction, perturbed_prediction."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("predictions", metavar="PREDICTIONS.csv", help="the file; - for standard input")
        parser.add_argument("--target", default="nv", help="the attack's target class (default: %(default)s)")
        parser.add_argument(
            "--interval",
            choices=("wald", "wilson", "clopper-pearson", "agresti-coull", "jeffreys"),
            default="wald",
            help="default: %(default)s, the paper's",
        )
        parser.add_argument("--level", type=float, default=0.95, help="of the intervals (default: %(default)s)")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: object, **given: object) -> None:
        """Read, compute, print."""
        options: Options = given
        # Not at the top: SciPy takes a second to load, and `--help` does not need it.
        from ml.evaluation.predictions_csv import read_predictions
        from ml.evaluation.text.table_one import table_one_text
        from perception.analysis.classification import summarise_attack

        data, source = read_input_file(options["predictions"])
        try:
            predictions = read_predictions(data, source=source)
            if options["target"] not in predictions.classes:
                raise CommandError(
                    f"{source}: the target class {options['target']!r} is not one of "
                    f"{', '.join(predictions.classes)}; name the attack's own with --target"
                )
            summary = summarise_attack(
                predictions.truth,
                predictions.clean,
                predictions.perturbed,
                classes=predictions.classes,
                target=options["target"],
                interval=options["interval"],
                level=options["level"],
            )
        except (CsvError, ValueError) as error:
            raise CommandError(str(error)) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(summary.as_dict(), indent=2, ensure_ascii=False, allow_nan=False))
        else:
            self.stdout.write(table_one_text(summary.as_dict()))

"""`manage.py analyse ANSWERS.csv`: what observers saw, from a table of answers."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from perception.csv_table import CsvError
from perception.input_file import read_input_file

INTERVALS = ("default", "wald", "wilson", "clopper-pearson", "agresti-coull", "jeffreys")


class Command(BaseCommand):
    """Analyse answers from any program."""

    help = (
        "Compute sensitivity, specificity and agreement, each with its interval, from a CSV with the columns "
        "observer, item, truth, response (the words are: perturbed, clean; or different, same; or, for choices "
        "between two images, first, second). The columns rating, role, diagnosis with diagnosis_answered, and rt_ms "
        "are read where they are there."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("answers", metavar="ANSWERS.csv", help="the file; - for standard input")
        parser.add_argument(
            "--interval",
            choices=INTERVALS,
            default="default",
            help="default: Wilson for each observer, clustered by image for the pooled figures; the others take "
            "answers as independent",
        )
        parser.add_argument("--level", type=float, default=0.95, help="of the intervals (default: %(default)s)")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, compute, print."""
        # Not at the top: SciPy and statsmodels take a second to load, and `--help` needs neither.
        from perception.analysis.study_summary import summarise_study
        from studies.answer_text import answer_text
        from studies.answers_files.as_observations import read_answers

        data, source = read_input_file(options["answers"])
        try:
            observations = read_answers(data, source=source)
            summary = summarise_study(observations, interval=options["interval"], level=options["level"])
        except (CsvError, ValueError) as error:
            raise CommandError(str(error)) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(summary.as_dict(), indent=2, ensure_ascii=False, allow_nan=False))
        else:
            self.stdout.write(answer_text(summary))

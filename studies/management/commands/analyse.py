"""`manage.py analyse FILE …`: what observers saw, from files of answers."""

import json
from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from perception.core.input_files.errors import InputError
from perception.core.input_files.source import read_input_file
from studies.answers.readers.command_options import add_reading_options, reading_options

INTERVALS = ("default", "wald", "wilson", "clopper-pearson", "agresti-coull", "jeffreys")


class Command(BaseCommand):
    """Analyse answers from any program."""

    help = (
        "Compute sensitivity, specificity and agreement, each with its interval, from answers of this or another "
        "program: a CSV with one row an answer (columns observer, item, truth, response; the words are perturbed, "
        "clean; or different, same; or, for choices between two images, first, second), the same as JSON, data of "
        "jsPsych, or a table with one row an image and one column an observer. docs/answer-formats.md describes each. "
        "Several files are read as one."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        parser.add_argument("answers", metavar="FILE", nargs="+", help="the answers; - for standard input")
        parser.add_argument(
            "--interval",
            choices=INTERVALS,
            default="default",
            help="default: Wilson for each observer, clustered by image for the pooled figures; the others take "
            "answers as independent",
        )
        parser.add_argument("--level", type=float, default=0.95, help="of the intervals (default: %(default)s)")
        parser.add_argument(
            "--margin",
            type=float,
            help="how far from chance (½) counts as undetectable, such as 0.05: says whether the answers show it",
        )
        parser.add_argument("--format", choices=("text", "json"), default="text", help="of what is printed")
        add_reading_options(parser)

    def handle(
        self,
        *,
        answers: list[str],
        interval: str,
        level: float,
        margin: float | None,
        format: str,
        **options: object,
    ) -> None:
        """Read, compute, print."""
        # Not at the top: SciPy and statsmodels take a second to load, and `--help` needs neither.
        from perception.analysis.study_summary import summarise_study
        from studies.answers.readers.reading import read_files
        from studies.report.sections.contents import answer_sections
        from studies.report.text import plain_text

        try:
            reading = read_files([read_input_file(name) for name in answers], reading_options(options))
            summary = summarise_study(reading.observations, interval=interval, level=level, margin=margin)
        except (InputError, ValueError) as error:
            raise CommandError(str(error)) from error
        for note in reading.notes:
            self.stderr.write(note)
        if format == "json":
            self.stdout.write(json.dumps(summary.as_dict(), indent=2, ensure_ascii=False, allow_nan=False))
        else:
            self.stdout.write(plain_text(answer_sections(summary)))

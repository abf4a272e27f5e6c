"""`manage.py analyse FILE …`: what observers saw, from files of answers."""

import json
from argparse import ArgumentParser
from typing import TYPE_CHECKING

from django.core.management.base import BaseCommand, CommandError

from perception.core.input_files.errors import InputError
from perception.core.input_files.source import read_input_file
from studies.answers.readers.command_options import add_reading_options, reading_options

if TYPE_CHECKING:
    from perception.analysis.agreement.within_observers import WithinObservers
    from perception.analysis.json_values import JsonObject
    from perception.analysis.study_summary import StudySummary
    from studies.report.sections.elements import Section

INTERVALS = ("default", "wald", "wilson", "clopper-pearson", "agresti-coull", "jeffreys")


class Command(BaseCommand):
    """Analyse answers from any program."""

    help = (
        "Compute sensitivity, specificity and agreement, each with its interval, from answers of this or another "
        "program: a CSV with one row an answer (columns observer, item, truth, response; the words are perturbed, "
        "clean; or different, same; or, for choices between two images, first, second), the same as JSON, data of "
        "jsPsych, a file of iMRMC, or a table with one row an image and one column an observer. Where a column names "
        "arms that the same observers judged, they are compared. docs/answer-formats.md describes each. "
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
        parser.add_argument(
            "--format",
            choices=("text", "json", "imrmc"),
            default="text",
            help="of what is printed; imrmc: the answers themselves, as the file that iMRMC reads",
        )
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
        from perception.analysis.agreement.within_observers import agreement_within
        from perception.analysis.study_summary import summarise_study
        from studies.answers.readers.reading import read_files
        from studies.exports.imrmc import imrmc_text

        try:
            reading = read_files([read_input_file(name) for name in answers], reading_options(options))
            if format == "imrmc":
                printed = imrmc_text(reading.observations, title=", ".join(answers))
            else:
                summary = summarise_study(reading.observations, interval=interval, level=level, margin=margin)
                within = None if reading.repeated is None else agreement_within(reading.repeated, level=level)
                printed = (_of_arms if summary.arms else _of_one)(summary, within, as_json=format == "json")
        except (InputError, ValueError) as error:
            raise CommandError(str(error)) from error
        for note in reading.notes:
            self.stderr.write(note)
        self.stdout.write(printed)


def _of_one(summary: "StudySummary", within: "WithinObservers | None", *, as_json: bool) -> str:
    from studies.report.sections.contents import answer_sections
    from studies.report.text import plain_text

    if as_json:
        return _json({**summary.as_dict(), **_within(within)})
    return plain_text([*answer_sections(summary), *_section_within(within)])


def _of_arms(summary: "StudySummary", within: "WithinObservers | None", *, as_json: bool) -> str:
    """Return the comparison of the arms, and the figures of each alone; none of all of them together."""
    from studies.report.sections.contents import arms_sections
    from studies.report.text import plain_text

    if not as_json:
        return plain_text([*arms_sections(summary), *_section_within(within)])
    figures = summary.as_dict()
    return _json({**{name: figures[name] for name in ("task", "two_arms", "arms")}, **_within(within)})


def _within(within: "WithinObservers | None") -> "JsonObject":
    return {} if within is None else {"within_observers": within.as_dict()}


def _section_within(within: "WithinObservers | None") -> "list[Section]":
    from studies.report.sections.detection.within_observers import within_observers_section

    section = within_observers_section(within)
    return [] if section is None else [section]


def _json(figures: "JsonObject") -> str:
    return json.dumps(figures, indent=2, ensure_ascii=False, allow_nan=False)

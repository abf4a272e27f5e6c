"""`manage.py data_dictionary`: what each column of the exported answers holds."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from studies.exports.dictionary import dictionary_csv, dictionary_json, dictionary_markdown

WRITERS = {"markdown": dictionary_markdown, "csv": dictionary_csv, "json": dictionary_json}


class Command(BaseCommand):
    """Print the data dictionary."""

    help = "Print what each column of the exported answers holds: the same for every study."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the format."""
        parser.add_argument("--format", choices=WRITERS, default="markdown")

    def handle(self, *, format: str, **options: object) -> None:
        """Print it."""
        self.stdout.write(WRITERS[format](), ending="")

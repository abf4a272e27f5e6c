"""`manage.py verify_archive FILE.zip`: is it whole, and does every figure follow from its answers?"""

import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from studies.exports.archive.errors import ArchiveError


class Command(BaseCommand):
    """Check the archive of a study."""

    help = (
        "Check the archive of a study: every hash, and every figure, computed again from the answers by this program. "
        "It needs no database. The exit status is 0 where all agrees, 1 where anything differs. Numbers agree within a "
        "relative 1e-6 (absolute 1e-9 near 0); undefined agrees with undefined alone."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file."""
        parser.add_argument("archive", type=Path, metavar="FILE.zip")
        parser.add_argument("--brief", action="store_true", help="list only the figures that differ")

    def handle(self, *, archive: Path, brief: bool, **options: object) -> None:
        """Check, and print what was found."""
        # Not at the top: SciPy and statsmodels take a second to load, and `--help` needs neither.
        from studies.exports.archive.findings_text import findings_text
        from studies.exports.archive.verification import verify_archive

        try:
            findings = verify_archive(archive)
        except ArchiveError as error:
            raise CommandError(f"{archive}: {error}") from error
        self.stdout.write(findings_text(findings, brief=brief))
        if not findings.agrees:
            sys.exit(1)

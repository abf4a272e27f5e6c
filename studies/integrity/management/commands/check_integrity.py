"""`manage.py check_integrity`: are database and files whole, and do they agree? What is wrong comes with its remedy."""

import json
import sys
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from perception.core.storage.folders import delete_files
from studies.integrity.check import findings
from studies.integrity.files import unnamed_files


class Command(BaseCommand):
    """Look for what is wrong."""

    help = (
        "Look through the database and the files: is every file that a row names there as it was stored, does any "
        "file belong to no row, do pairs, protocols, sessions, answers and places agree? Of whatever is wrong it says "
        "what mends it. Nothing is changed, unless --remove-unnamed is given. The exit status is 0 where nothing is "
        "wrong, else 1. The server may run meanwhile."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add how much is looked at, and how it is told."""
        parser.add_argument("--quick", action="store_true", help="look for files, and do not read them")
        parser.add_argument("--json", action="store_true", help="print a JSON array of what was found")
        parser.add_argument(
            "--remove-unnamed",
            action="store_true",
            help="remove, first, files older than a day that no row names; after a backup",
        )

    def handle(self, *, quick: bool, remove_unnamed: bool, **options: object) -> None:
        """Print what is wrong, one paragraph each."""
        if remove_unnamed:
            names = [finding.where for finding in unnamed_files()]
            delete_files(names)
            self.stderr.write(f"Removed {len(names):,} files that no row names.")
        found = findings(reads=not quick)
        if options["json"]:
            listed = [finding.as_dict() for finding in found]
            self.stdout.write(json.dumps(listed, indent=2, ensure_ascii=False))
            sys.exit(1 if listed else 0)
        count = 0
        for count, finding in enumerate(found, start=1):  # noqa: B007  # how many there were is told below
            self.stdout.write(f"{finding.kind}: {finding.where}\n  {finding.told}\n  {finding.mend}")
        if count:
            self.stdout.write(f"{count:,} found.")
            sys.exit(1)
        self.stdout.write("Nothing is wrong." if not quick else "Nothing is wrong; files were not read.")

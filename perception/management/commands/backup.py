"""`manage.py backup FILE`: database and files in one file."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from perception.backup.errors import BackupError
from perception.backup.writing import write_backup
from perception.versions import versions


class Command(BaseCommand):
    """Make a backup."""

    help = (
        "Write the database and the files that it names into one new file, its owner's alone. The server may run "
        "meanwhile: rows are those of one moment. The secret key is not in it: keep it apart. The exit status is 1 "
        "where files were missing or altered; the backup then has all else."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file."""
        parser.add_argument("file", type=Path, metavar="FILE", help="a zip that is not there yet")

    def handle(self, *, file: Path, **options: object) -> None:
        """Write it, and say what is in it."""
        try:
            manifest = write_backup(file, program=versions()["perception"], tell=self.stderr.write)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{file}: {sum(table.rows for table in manifest.tables):,} rows, {len(manifest.file_names):,} files, "
            f"{file.stat().st_size / 1e6:,.1f} MB. It holds answers, accounts and observers' links: keep it as safe as "
            "the server. The secret key is not in it."
        )
        if manifest.missing:
            count = sum(map(len, manifest.missing.values()))
            self.stdout.write(
                f"{count:,} files are missing or altered (above, and in its manifest). `manage.py check_integrity` "
                "says what mends that; then make another backup."
            )
            sys.exit(1)

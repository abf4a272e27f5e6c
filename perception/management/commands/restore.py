"""`manage.py restore FILE`: what `manage.py backup` wrote, put back."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from perception.backup.errors import BackupError
from perception.backup.reading import opened_backup
from perception.backup.restoring import restore_backup


class Command(BaseCommand):
    """Restore a backup."""

    help = (
        "Put a backup's rows and files into the database and the storage of files that the settings name, whichever "
        "they were in. Stop the server first. All of the backup is checked before anything is touched; rows change in "
        "one transaction, so that what was there stays if anything fails. The secret key is not in a backup."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add the file, and whether what is there may go."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument(
            "--replace", action="store_true", help="put it in the place of accounts, studies and files that are there"
        )
        parser.add_argument("--check", action="store_true", help="compare every hash in the backup; restore nothing")

    def handle(self, *, file: Path, replace: bool, check: bool, **options: object) -> None:
        """Check it, or restore it."""
        try:
            with opened_backup(file) as backup:
                if check:
                    backup.check()
                    self.stdout.write(f"{file} is whole: every row and every file is as it was written.")
                    return
                restore_backup(backup, replace=replace, tell=self.stderr.write)
                missing = sum(map(len, backup.manifest.missing.values()))
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            "Restored. Put the secret key back as well (`secret_key` in the data folder, or PERCEPTION_SECRET_KEY): "
            "with another one everybody signs in again, and whom an open link turned away may be counted twice."
        )
        if missing:
            self.stdout.write(f"{missing:,} files were missing or altered when the backup was made.")
        self.stdout.write("`manage.py check_integrity` looks whether all is whole.")

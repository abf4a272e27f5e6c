"""`manage.py delete_expired`: delete what has had its time, or say what that would be."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from studies.errors import StudyError
from studies.management.housekeeping import delete_expired, expired


class Command(BaseCommand):
    """Delete personal data whose time is over, ended sign-ins, and uploads that nobody took up."""

    help = (
        "Delete personal data of closed studies whose time is over, ended sign-ins, failed ones, and uploads that "
        "nobody took up. The worker of `serve` does it once a day; asked again, it does nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add whether to do it."""
        parser.add_argument("--dry-run", action="store_true", help="say what would be deleted, and delete nothing")

    def handle(self, *, dry_run: bool, **options: object) -> None:
        """Delete, or only look; print what it is about."""
        now = timezone.now()
        try:
            found = expired(now) if dry_run else delete_expired(now)
        except StudyError as error:
            raise CommandError(str(error)) from error
        for one in found:
            self.stdout.write(f"{'To delete' if dry_run else 'Deleted'}: {one.count} {one.what}")
        if not found:
            self.stdout.write("Nothing has had its time.")

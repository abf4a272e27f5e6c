"""`manage.py first_account_code`: print again what makes the first account."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from perception.accounts.errors import AccountError
from perception.accounts.first_account import first_account_code


class Command(BaseCommand):
    """Print the code of the page that makes the first account."""

    help = "Print the code with which the first account is made on the page; there is none once there is an account."

    def handle(self, **options: object) -> None:
        """Print code and address."""
        try:
            code = first_account_code()
        except AccountError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The code can be neither read nor written: {error.strerror}.") from error
        self.stdout.write(f"{code} makes the first account at {settings.BASE_URL}{reverse('accounts:first')}")

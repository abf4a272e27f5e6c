"""What is kept of a sign-in that failed: the name, when, how often, and a pseudonym of where it came from."""

import ipaddress
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.crypto import salted_hmac

PRIVATE_NETWORK = 0xFD << 120
"""fd00::/8 (RFC 4193): addresses that are nobody's on the internet. The pseudonyms are among them."""


class FailedSignIns(AxesDatabaseHandler):  # type: ignore[misc]  # django-axes has no types
    """django-axes' counting in the database, without what tells of a person or a browser."""

    def user_login_failed(
        self, sender: object, credentials: dict[str, str], request: HttpRequest | None = None, **more: Any
    ) -> None:
        """Count a failure; of the request nothing is kept but the address of the page."""
        if request is None:
            return
        kept = request.GET, request.POST
        request.axes_user_agent = request.axes_http_accept = ""  # type: ignore[attr-defined]
        # A form has passwords in several fields, and the address may hold a link.
        request.GET, request.POST = QueryDict(), QueryDict()
        try:
            super().user_login_failed(sender, credentials, request, **more)
        finally:
            request.GET, request.POST = kept


def pseudonym_of(address: str) -> str:
    """Return what stands for an address in the database: the same each time, and no way back without the secret key."""
    digest = salted_hmac("perception.site.failed_sign_ins", address, algorithm="sha256").digest()
    return str(ipaddress.IPv6Address(PRIVATE_NETWORK | int.from_bytes(digest[:15], "big")))


def forget_failures() -> int:
    """Delete the failures whose pause is over; return how many."""
    number = n_ended_failures()
    _ended().delete()
    return number


def n_ended_failures() -> int:
    """Return how many failures there are whose pause is over."""
    number: int = _ended().count()
    return number


def _ended() -> Any:
    return AccessAttempt.objects.filter(attempt_time__lt=timezone.now() - settings.AXES_COOLOFF_TIME)

"""What is done regularly, such as once a day: queued when it is due, once, however many workers there are."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models.functions import Now

from ml.models import Duty
from ml.runs.leases.lease import from_now

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RegularTask:
    """Something to be queued every so often."""

    every: dt.timedelta
    enqueue: Callable[[], object]


_REGULAR: dict[str, RegularTask] = {}


def register(name: str, regular: RegularTask) -> None:
    """Let something be queued regularly. Each app does so when it is ready."""
    _REGULAR[name] = regular


def do_due_duties() -> None:
    """Queue what is due, and put down when it will be due next; what was never done is due now."""
    for name, regular in _REGULAR.items():
        _, is_new = Duty.objects.get_or_create(name=name, defaults={"due_at": from_now(regular.every)})
        # One whose time lies further ahead than it can was put down before the clock was set back.
        due = Duty.objects.filter(name=name)
        is_due = due.filter(due_at__lte=Now()) | due.filter(due_at__gt=from_now(2 * regular.every))
        if is_new or is_due.update(due_at=from_now(regular.every)):
            regular.enqueue()

"""Sign-ins that are running: when they began and were last seen, and how they end.

They are Django's sessions. The two times stand in the session itself, and nothing else of whoever sits there is kept:
neither an address nor what their browser calls itself.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

BEGAN, SEEN = "sign_in_began", "sign_in_seen"
SEEN_EVERY = dt.timedelta(minutes=5)
"""How exact “last seen” is: a session that is written at every request would cost one write a page."""
OBSERVERS = "/o/"


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in of an account."""

    name: str
    """By which a form names it: the beginning of the hash of its key, since the key itself would be the sign-in."""
    began: dt.datetime | None
    """None, like the next: begun by an earlier version, and not seen since."""
    seen: dt.datetime | None
    is_this: bool
    """Whether it is the one that asks."""


class LastSeenMiddleware:
    """Write into the session of whoever is signed in that they were seen; stands behind Django's of sessions.

    Observers have no session, and their pages are left as they are: a cookie that comes along is not looked at.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Keep the next handler in the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; note the time where the view has looked who is signed in."""
        response = self.get_response(request)
        if not request.path_info.startswith(OBSERVERS) and request.session.accessed and SESSION_KEY in request.session:
            note_seen(request.session)
        return response


def note_seen(session: SessionBase) -> None:
    """Write down when the session began, and that it was seen now, unless that was written a moment ago."""
    now = timezone.now()
    seen = _time(session.get(SEEN))
    if seen is None or now - seen >= SEEN_EVERY:
        session.setdefault(BEGAN, now.isoformat())
        session[SEEN] = now.isoformat()


def sign_ins_of(account: User | AnonymousUser, *, this: str | None = None) -> list[SignIn]:
    """Return the sign-ins of an account, the one seen last first; `this` is the key of the one that asks."""
    found = [
        SignIn(_name(row), _time(data.get(BEGAN)), _time(data.get(SEEN)), row.session_key == this)
        for row, data in _sessions_of(account)
    ]
    earliest = dt.datetime.min.replace(tzinfo=dt.UTC)
    return sorted(found, key=lambda one: (one.is_this, one.seen or earliest), reverse=True)


def end_sign_ins(account: User, *, but: str | None = None, name: str | None = None) -> int:
    """End the sign-ins of an account; return how many ended.

    Parameters
    ----------
    but
        The key of the session that goes on.
    name
        Of the one that is meant; all, if it is not given.
    """
    keys = [
        row.session_key
        for row, _ in _sessions_of(account)
        if row.session_key != but and (name is None or _name(row) == name)
    ]
    Session.objects.filter(session_key__in=keys).delete()
    return len(keys)


def _sessions_of(account: User | AnonymousUser) -> Iterator[tuple[Session, dict[str, str]]]:
    # A session does not say whose it is but in its signed contents. There are as many as researchers have browsers.
    for row in Session.objects.filter(expire_date__gt=timezone.now()):
        data = row.get_decoded()
        if data.get(SESSION_KEY) == str(account.pk):
            yield row, data


def _name(row: Session) -> str:
    return hashlib.sha256(row.session_key.encode()).hexdigest()[:16]


def _time(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None

"""The queries. None reads a study's protocol: no page and no step of an observer's looks at it."""

from studies.models.observer import Observer
from studies.models.session import Session
from studies.models.study import Study
from studies.sessions.read_anew.prepared_model import PreparedModel

_STUDY = PreparedModel(lambda pk: Study.with_pilots.filter(pk=pk).order_by().defer("protocol"), placeholder=-1)
_LOCKED_STUDY = PreparedModel(
    lambda pk: Study.with_pilots.select_for_update().filter(pk=pk).order_by().defer("protocol"), placeholder=-1
)
_SESSION = PreparedModel(
    lambda pk: (
        Session.objects.filter(pk=pk)
        .order_by()
        .select_related("observer__study")
        .defer("observer__study__protocol", "observer__plan")
    ),
    placeholder=-1,
)
_LOCKED_SESSION = PreparedModel(
    lambda pk: (
        Session.objects.select_for_update(of=("self",))
        .filter(pk=pk)
        .order_by()
        .select_related("observer__study")
        .defer("observer__study__protocol", "observer__plan")
    ),
    placeholder=-1,
)
_OBSERVER = PreparedModel(
    lambda token: (
        Observer.objects.filter(token=token)
        .order_by()
        .select_related("study", "session")
        .defer("study__protocol", "plan")
    ),
    placeholder="token",
)


def study_now(pk: int) -> Study:
    """Return a study (one query)."""
    return _STUDY.get(pk)


def locked_study(pk: int) -> Study:
    """Return a study, whose row is locked until the transaction ends (one query)."""
    return _LOCKED_STUDY.get(pk)


def session_now(pk: int) -> Session:
    """Return a session with its observer and study (one query)."""
    return _SESSION.get(pk)


def locked_session(pk: int) -> Session:
    """Return a session with its observer and study; its own row is locked until the transaction ends (one query)."""
    return _LOCKED_SESSION.get(pk)


def observer_with(token: str) -> Observer | None:
    """Return the observer with a token, with study and session; None where there is none (one query)."""
    return _OBSERVER.first(token)

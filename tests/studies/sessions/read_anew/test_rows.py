"""What is read by a query that is compiled once is what the ORM reads, of every kind of study."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from studies.design.lifecycle import pause_study
from studies.models import Observer, Session, Study
from studies.sessions.read_anew.prepared_model import PreparedModel
from studies.sessions.read_anew.rows import locked_session, locked_study, observer_with, session_now, study_now
from studies.sessions.start import start_session
from tests.studies.factories import make_draft_with_observers, make_open_study

pytestmark = pytest.mark.django_db
STUDIES: dict[str, Callable[[], Study]] = {
    "a draft": make_draft_with_observers,
    "an open study": make_open_study,
}


def values_of(model: Model) -> dict[str, Any]:
    """Return all that was read of a row, with its types."""
    return {
        name: (type(value), value)
        for name, value in model.__dict__.items()
        if name not in {"_state", "protocol", "plan"} and not isinstance(value, Model)
    }


@pytest.fixture(params=STUDIES)
def study(request: pytest.FixtureRequest) -> Study:
    return STUDIES[request.param]()


@pytest.mark.parametrize("read", [study_now, locked_study])
def test_a_study(study: Study, read: Callable[[int], Study]) -> None:
    with CaptureQueriesContext(connection) as queries:
        found = read(study.pk)
    assert len(queries) == 1
    assert values_of(found) == values_of(Study.with_pilots.get(pk=study.pk))
    assert found.get_deferred_fields() == {"protocol"}
    assert found.protocol == study.protocol
    assert not found._state.adding


@pytest.mark.parametrize("read", [session_now, locked_session])
def test_a_session(read: Callable[[int], Session]) -> None:
    study = make_open_study()
    session = start_session(observer=Observer.objects.get(study=study), display={"pixel_ratio": 1.5})
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            found = read(session.pk)
            observer, its_study = found.observer, found.observer.study
        assert len(queries) == 1
        assert values_of(found) == values_of(Session.objects.get(pk=session.pk))
        assert values_of(observer) == values_of(Observer.objects.get(study=study))
        assert values_of(its_study) == values_of(Study.with_pilots.get(pk=study.pk))
        assert found is not read(session.pk)
        Session.objects.update(comments="“%s”")


def test_an_observer_before_and_after_the_consent() -> None:
    study = make_open_study()
    token = Observer.objects.get(study=study).token
    before = observer_with(token)
    assert before is not None
    assert not hasattr(before, "session")
    start_session(observer=before)
    after = observer_with(token)
    assert after is not None
    assert values_of(after.session) == values_of(Session.objects.get())
    assert after.session.observer is after


def test_what_changes_is_read() -> None:
    study = make_open_study()
    assert study_now(study.pk).state == Study.State.OPEN
    pause_study(study=study, by=study.owner, reason="an alarm")
    assert study_now(study.pk).state == Study.State.PAUSED


def test_what_is_not_there_is_missed_as_the_orm_misses_it() -> None:
    study = make_open_study()
    assert observer_with("x" * 22) is None
    with pytest.raises(Study.DoesNotExist):
        study_now(study.pk + 1)
    with pytest.raises(Session.DoesNotExist):
        session_now(1)


def test_a_query_that_does_not_depend_on_its_parameter_is_refused() -> None:
    query = PreparedModel(lambda _: Study.objects.filter(state="open"), placeholder=-1)
    with pytest.raises(ValueError, match="the parameter is lost"):
        query.first(1)

"""A statement that is compiled once does what the ORM does; a query gives what the ORM gives, for every value."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from studies.models import Answer, Observer, Trial
from studies.sessions.prepared_query import PreparedInsert, PreparedQuery, PreparedUpdate
from tests.studies.factories import make_open_study, make_session

pytestmark = pytest.mark.django_db


def test_it_answers_for_each_value_by_one_query() -> None:
    make_open_study(observers=3)
    query = PreparedQuery(lambda token: Observer.objects.filter(token=token).values_list("label", "pk"), "token")

    for observer in Observer.objects.all():
        with CaptureQueriesContext(connection) as queries:
            assert query.first(observer.token) == (observer.label, observer.pk)
        assert len(queries) == 1
    assert query.first("nobody’s") is None


def test_other_parameters_stay_as_they_are() -> None:
    session = make_session()
    query = PreparedQuery(
        lambda given: (
            Trial.objects.filter(session=given, phase="series", position__gt=2)
            .order_by("position")
            .values_list("position")
        ),
        -1,
    )
    assert query.first(session.pk) == (3,)
    assert query.first(session.pk + 1) is None


def test_a_value_is_no_sql() -> None:
    make_open_study()
    query = PreparedQuery(lambda token: Observer.objects.filter(token=token).values_list("pk"), "token")
    assert query.first("' OR '1'='1") is None


def test_a_query_that_does_not_depend_on_its_parameter_is_refused() -> None:
    query = PreparedQuery(lambda _: Observer.objects.filter(label="A").values_list("pk"), "token")
    with pytest.raises(ValueError, match="the parameter is lost"):
        query.first("x")


def test_an_update_is_of_the_rows_of_the_value() -> None:
    trials = list(make_session().trials.all())
    update = PreparedUpdate(lambda pk: Trial.objects.filter(pk=pk, served_at__isnull=True), "served_at", -1)
    moments = [timezone.now(), timezone.now() + dt.timedelta(seconds=1)]

    for trial in trials[:2]:
        for moment in moments:  # the second time it is served already
            with CaptureQueriesContext(connection) as queries:
                update.set(trial.pk, moment)
            assert len(queries) == 1

    served = Trial.objects.order_by("pk").values_list("served_at", flat=True)
    assert list(served) == [moments[0], moments[0], None, None, None]


def test_rows_are_inserted_as_the_model_would_have_them() -> None:
    session = make_session()
    names = ("trial", "response", "rating", "confidence", "diagnosis", "answered_at", "rt_ms", "display")
    insert = PreparedInsert(Answer, names)
    now, display = timezone.now(), {"pixel_ratio": 1.5, "name": "“é”"}
    pks = [trial.pk for trial in session.trials.all()]

    insert.add([(pks[0], "clean", None, 3, "nv", now, 812, display)])
    insert.add([(pk, "perturbed", 6, None, "", now, None, {}) for pk in pks[1:3]])

    first = Answer.objects.get(pk=pks[0])
    assert (first.response, first.rating, first.confidence, first.diagnosis) == ("clean", None, 3, "nv")
    assert (first.answered_at, first.rt_ms, first.display) == (now, 812, display)
    assert list(Answer.objects.filter(rating=6).values_list("pk", flat=True)) == pks[1:3]


def test_the_database_holds_what_it_holds_for_the_model() -> None:
    session = make_session()
    insert = PreparedInsert(
        Answer, ("trial", "response", "rating", "confidence", "diagnosis", "answered_at", "display")
    )
    row: tuple[object, ...] = (session.trials.all()[0].pk, "clean", None, None, "", timezone.now(), {})
    insert.add([row])
    for wrong in (row, (*row[:1], "perhaps", *row[2:])):
        with pytest.raises(IntegrityError), transaction.atomic():
            insert.add([wrong])

"""A query that is compiled once gives what the ORM gives, for every value."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from studies.models import Observer, Trial
from studies.sessions.prepared_query import PreparedQuery
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

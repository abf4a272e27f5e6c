"""Queries that are asked at every step of every observer: compiled once, then asked again and again.

Django's ORM builds the SQL of a query anew each time, which takes it several times as long as the database takes to
answer. Here the SQL is made by the ORM too, but once in a process.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

Row = tuple[Any, ...]


class PreparedQuery:
    """A query with one parameter.

    The columns come as the driver gives them: to be used for numbers, texts, and for whether there is a value. Two
    times are the same if and only if their values are equal; they are no `datetime` everywhere.
    """

    def __init__(self, make: Callable[[Any], QuerySet[Model, Row]], placeholder: str | int) -> None:
        """Keep how the query is made.

        Parameters
        ----------
        make
            Returns the queryset, a `values_list`, for a value of the parameter.
        placeholder
            A value of the parameter's type that stands nowhere else in the query.
        """
        self._make = make
        self._placeholder = placeholder
        self._compiled: tuple[str, Row] | None = None

    def first(self, value: str | int) -> Row | None:
        """Return the first row for this value of the parameter; None where there is none (one query)."""
        if self._compiled is None:
            # Not through `str(query)`: that is for reading. The compiler knows the database's own ways.
            compiler = self._make(self._placeholder).query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            if self._placeholder not in parameters:
                raise ValueError(f"the parameter is lost: {sql}")
            self._compiled = sql, tuple(parameters)
        sql, parameters = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if given == self._placeholder else given for given in parameters])
            row: Row | None = cursor.fetchone()
        return row

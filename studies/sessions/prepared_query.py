"""Statements that are asked at every step of every observer: compiled once, then asked again and again.

Django's ORM builds the SQL of a query anew each time, which takes it several times as long as the database takes to
answer. Here the SQL is made by the ORM too, but once in a process.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import CharField, Field, ForeignKey, IntegerField, Model, QuerySet
from django.db.models.sql import InsertQuery, UpdateQuery

Row = tuple[Any, ...]
AS_THEY_ARE = (CharField, ForeignKey, IntegerField)
"""Fields whose values every driver takes as they are: texts, numbers and keys."""
MOST_PARAMETERS = 65_535
"""Of one statement of PostgreSQL."""


def prepared_cursor() -> CursorWrapper:
    """Return a cursor whose statements PostgreSQL, too, plans once for each connection; SQLite's driver does anyway."""
    cursor: CursorWrapper = getattr(connection, "prepared_cursor", connection.cursor)()
    return cursor


class PreparedQuery:
    """A query with one parameter.

    The columns come as the driver gives them: to be used for numbers, texts, and for whether there is a value. Two
    times are the same if and only if their values are equal; they are no `datetime` everywhere.
    """

    def __init__(self, make: Callable[[Any], QuerySet[Any, Row]], placeholder: str | int) -> None:
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
        sql, parameters = self._for(value)
        with prepared_cursor() as cursor:
            cursor.execute(sql, parameters)
            row: Row | None = cursor.fetchone()
        return row

    def all(self, value: str | int) -> list[Row]:
        """Return the rows for this value of the parameter (one query)."""
        sql, parameters = self._for(value)
        with prepared_cursor() as cursor:
            cursor.execute(sql, parameters)
            return list(cursor.fetchall())

    def _for(self, value: str | int) -> tuple[str, list[Any]]:
        if self._compiled is None:
            # Not through `str(query)`: that is for reading. The compiler knows the database's own ways.
            compiler = self._make(self._placeholder).query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            self._compiled = _with_parameter(sql, parameters, self._placeholder)
        sql, parameters = self._compiled
        return sql, [value if given == self._placeholder else given for given in parameters]


class PreparedUpdate:
    """An update that sets one field of the rows that one parameter selects."""

    def __init__(self, make: Callable[[Any], QuerySet[Any]], field: str, placeholder: str | int) -> None:
        """Keep how the rows are selected, and the field's name; `make` and `placeholder` are as in `PreparedQuery`."""
        self._make = make
        self._field = field
        self._placeholder = placeholder
        self._compiled: tuple[str, Row, Field[Any, Any]] | None = None

    def set(self, selected: str | int, value: object) -> None:
        """Set the field of the rows for this value of the parameter (one query)."""
        if self._compiled is None:
            rows = self._make(self._placeholder)
            query = cast("UpdateQuery", rows.query.chain(UpdateQuery))
            query.add_update_values({self._field: value})
            sql, (_, *rest) = query.get_compiler(connection=connection).as_sql()
            (changed,) = (field for field in rows.model._meta.concrete_fields if field.name == self._field)
            self._compiled = (*_with_parameter(sql, rest, self._placeholder), changed)
        sql, parameters, field = self._compiled
        selection = [selected if given == self._placeholder else given for given in parameters]
        with prepared_cursor() as cursor:
            cursor.execute(sql, [field.get_db_prep_save(value, connection), *selection])


class PreparedInsert:
    """The insertion of rows of which every column but the key that the database gives is named."""

    def __init__(self, model: type[Model], fields: Sequence[str]) -> None:
        """Keep the model, and the names of the fields in the order in which values come."""
        self._model = model
        self._names = fields
        self._compiled: tuple[str, list[Field[Any, Any] | None]] | None = None

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        """Insert rows, each a value for each field (one statement for all, or for each, sent together).

        No `save` is called and no signal sent; the database's constraints hold.
        """
        if self._compiled is None:
            of_name = {field.name: field for field in self._model._meta.concrete_fields}
            fields = [of_name[name] for name in self._names]
            query = InsertQuery(self._model)
            query.insert_values(fields, [self._model()], raw=True)
            ((sql, _),) = query.get_compiler(connection=connection).as_sql()
            self._compiled = sql, [None if isinstance(field, AS_THEY_ARE) else field for field in fields]
        sql, of_row = self._compiled
        prepared: list[list[Any]] = [
            [
                value if field is None else field.get_db_prep_save(value, connection)
                for field, value in zip(of_row, row, strict=True)
            ]
            for row in rows
        ]
        with prepared_cursor() as cursor:
            if len(prepared) == 1:
                cursor.execute(sql, prepared[0])
            elif connection.vendor == "postgresql" and len(prepared) * len(of_row) <= MOST_PARAMETERS:
                # One statement: each would be sent, planned for and answered by itself.
                into, values, row = sql.partition(" VALUES ")
                cursor.execute(into + values + ", ".join([row] * len(prepared)), [*chain.from_iterable(prepared)])
            else:
                cursor.executemany(sql, prepared)


def _with_parameter(sql: str, parameters: Iterable[object], placeholder: str | int) -> tuple[str, Row]:
    parameters = tuple(parameters)
    if placeholder not in parameters:
        raise ValueError(f"the parameter is lost: {sql}")
    return sql, parameters

"""Rows of a table as JSON, the same whichever database they lie in, and back to what the database takes."""

import base64
import datetime as dt
import decimal
import json
import uuid
from collections.abc import Iterator, Sequence

from django.apps.registry import Apps
from django.db import connection, models
from django.db.models.sql import InsertQuery
from django.utils.duration import duration_string

AT_ONCE = 2000
"""Rows read, and written, together."""


def tables_of(among: Apps) -> list[type[models.Model]]:
    """Return the models that have a table of their own, of many-to-many relations as well, in a fixed order."""
    found = {
        model._meta.db_table: model
        for model in among.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    return [found[table] for table in sorted(found)]


def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """Return the names of a table's columns."""
    return tuple(str(field.column) for field in model._meta.concrete_fields)


def lines_of(model: type[models.Model]) -> Iterator[bytes]:
    """Yield a table's rows in the order of their keys, each a JSON array and a line feed."""
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in model._meta.concrete_fields))
    for row in rows.iterator(chunk_size=AT_ONCE):
        yield json.dumps(row, default=_as_json, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def insert_rows(model: type[models.Model], columns: Sequence[str], lines: Iterator[bytes]) -> None:
    """Write rows as they were, keys and times as well. To be called in a transaction.

    Raises
    ------
    KeyError
        The table has no such column.
    ValueError, django.core.exceptions.ValidationError
        A value is not what its column takes.
    """
    by_column = {field.column: field for field in model._meta.concrete_fields}
    fields = [by_column[column] for column in columns]
    made: list[models.Model] = []
    for line in lines:
        values = zip(fields, json.loads(line), strict=True)
        made.append(model(**{field.attname: field.to_python(value) for field, value in values}))
        if len(made) == AT_ONCE:
            _insert(model, fields, made)
            made = []
    _insert(model, fields, made)


def _insert(
    model: type[models.Model], fields: "Sequence[models.Field[object, object]]", made: list[models.Model]
) -> None:
    if not made:
        return
    size = max(1, connection.ops.bulk_batch_size(list(fields), list(made)))
    for start in range(0, len(made), size):
        # Raw: `bulk_create` would set the times that are set when a row is made.
        query = InsertQuery(model)
        query.insert_values(fields, made[start : start + size], raw=True)
        query.get_compiler(connection=connection).execute_sql()


def _as_json(value: object) -> str:
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    if isinstance(value, dt.timedelta):
        return duration_string(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")

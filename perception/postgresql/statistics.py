"""What PostgreSQL knows of its tables' contents, by which it chooses how to answer a query."""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Model


def look_anew(models: Iterable[type[Model]]) -> None:
    """Have PostgreSQL look anew at the tables of models, instead of about a minute later; SQLite has no need of it.

    After many rows at once: until then it plans for tables as they were, and may read whole ones for each row.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in models:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")

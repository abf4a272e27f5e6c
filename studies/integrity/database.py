"""Whether the database itself is whole: its file, and whether every row that is named is there."""

from collections.abc import Iterator

from django.apps import apps
from django.db import DatabaseError, connection, models

from studies.integrity.finding import Finding

FROM_BACKUP = "Stop the server, keep the database as it is, and restore the last backup (`manage.py restore`)."
MOST_ROWS = 20
"""Rows named of one kind; how many there are is told."""


def wrong_in_database() -> Iterator[Finding]:
    """Yield what the database says of itself, and rows that name others which are not there."""
    if connection.vendor == "sqlite":
        yield from _damaged_file()
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and model._meta.managed and not model._meta.proxy:
                yield from _names_nothing(model, field)


def _damaged_file() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            told = [str(line) for (line,) in cursor.fetchall()]
    except DatabaseError as error:
        told = [str(error)]
    if told != ["ok"]:
        name = str(connection.settings_dict["NAME"])
        yield Finding("database-damaged", name, f"SQLite says: {'; '.join(told[:MOST_ROWS])}.", FROM_BACKUP)


def _names_nothing(model: type[models.Model], field: "models.ForeignKey[object, object]") -> Iterator[Finding]:
    target = field.remote_field.model
    there = target._base_manager.filter(**{field.target_field.name: models.OuterRef(field.attname)})
    rows = model._base_manager.filter(**{f"{field.name}__isnull": False}).exclude(models.Exists(there))
    pks = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_ROWS])
    if pks:
        yield Finding(
            "row-names-nothing",
            f"{model._meta.label} {', '.join(map(str, pks))}",
            f"{rows.count():,} of {model._meta.verbose_name_plural} name a {target._meta.verbose_name} that is "
            f"not there ({field.name}).",
            FROM_BACKUP,
        )

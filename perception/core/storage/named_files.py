"""Which files of the storage the rows of the database name, with the hash that was kept of each."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.apps.registry import Apps
from django.db import models

FIELD = "file"
"""A field of text that names a file is called so."""
HASH = "sha256"


@dataclass(frozen=True, slots=True)
class FileColumn:
    """A field whose values are names of files in the storage."""

    model: type[models.Model]
    field: str
    hash_field: str | None
    """The field of the same row that has the SHA-256 of the file, in hexadecimal; None where no hash is kept."""

    @property
    def label(self) -> str:
        """What is named: the model in words."""
        return str(self.model._meta.verbose_name)


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that a row names."""

    name: str
    sha256: str
    """Empty where no hash is kept."""
    column: FileColumn
    pk: object


def file_columns(among: Apps = apps) -> list[FileColumn]:
    """Return the fields of all models that name files."""
    return [
        FileColumn(model, field.name, _hash_of(model, field.name))
        for model in among.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField) or (field.name == FIELD and _hash_of(model, FIELD) is not None)
    ]


def named_files(*, using: str = "default") -> Iterator[NamedFile]:
    """Yield every file that a row names, by model; one that several rows name several times."""
    for column in file_columns():
        hash_field = column.hash_field or "pk"
        rows = column.model._base_manager.using(using).exclude(**{column.field: ""}).order_by("pk")
        for pk, name, sha256 in rows.values_list("pk", column.field, hash_field).iterator(chunk_size=2000):
            yield NamedFile(name, sha256 if column.hash_field else "", column, pk)


def _hash_of(model: type[models.Model], field: str) -> str | None:
    """Return the field with the hash of a file: `clean_file` → `clean_sha256`, `weights` → `weights_sha256`."""
    names = {one.name for one in model._meta.concrete_fields}
    return next((name for name in (f"{field.removesuffix('_file')}_{HASH}", HASH) if name in names), None)

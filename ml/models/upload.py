"""Files that a browser sends, piece by piece, until an import has read them."""

import uuid

from django.db import models
from django.utils.translation import ngettext

from ml.models.owned import Owned
from perception.core.formatting import localized


class Upload(Owned):
    """Files that one person sends together; how much of each is there say its pieces."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100, help_text="of the zip or the folder")
    files = models.JSONField(
        default=list, help_text="path, size in bytes and time of the last change of each, in the order of their paths"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)

    class Meta:
        """As they were begun."""

        ordering = ["pk"]

    def __str__(self) -> str:
        """Return the name, how many files it has, and how large they are."""
        count = len(self.files)
        return ngettext("%(name)s (%(n)s file, %(size)s MB)", "%(name)s (%(n)s files, %(size)s MB)", count) % {
            "name": self.name,
            "n": localized(f"{count:,}"),
            "size": localized(f"{self.size / 1e6:,.1f}"),
        }

    @property
    def size(self) -> int:
        """Bytes of all files, as they were announced."""
        return sum(int(file["size"]) for file in self.files)

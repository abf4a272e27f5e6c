"""Files of rows that were deleted, which are still to be removed."""

from django.db import models


class Removal(models.Model):
    """The files of one deletion. It is there once the rows are gone, and goes once the files are."""

    files = models.JSONField(help_text="their names in the storage")
    announced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """As they came."""

        ordering = ["pk"]

    def __str__(self) -> str:
        """Return how many files they are."""
        return f"{len(self.files)} files"

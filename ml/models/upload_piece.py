"""A piece of a file that a browser sends: its bytes in the storage, its place in the file here."""

from django.db import models

from ml.models.upload import Upload


class UploadPiece(models.Model):
    """Bytes of one of an upload's files, that follow on those of the piece before."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="pieces")
    place = models.PositiveIntegerField(help_text="of the file in the upload's list, from 0")
    offset = models.PositiveBigIntegerField(help_text="where in the file the piece begins, in bytes")
    size = models.PositiveIntegerField(help_text="in bytes")
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)

    class Meta:
        """In the order of the files, and of the bytes in each; at each place one piece begins."""

        ordering = ["upload", "place", "offset"]
        constraints = [
            models.UniqueConstraint(fields=["upload", "place", "offset"], name="upload_piece_begins_once"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="upload_piece_not_empty"),
        ]

    def __str__(self) -> str:
        """Return which bytes of which file it is."""
        return f"bytes from {self.offset} of file {self.place} of {self.upload}"

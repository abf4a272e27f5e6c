"""Where the present state of a run that is on its way, or was cut off, lies in the storage."""

from django.db import models


class CheckpointPart(models.Model):
    """One part of one run's checkpoint: the file that is in force. Another takes its place by a change of this row."""

    uid = models.CharField(max_length=64, help_text="of the run, as in its options")
    name = models.CharField(max_length=100)
    file = models.CharField(max_length=200, help_text="its name in the storage")
    sha256 = models.CharField(max_length=64, help_text="of the file")
    written_at = models.DateTimeField()

    class Meta:
        """A part is there once."""

        constraints = [models.UniqueConstraint(fields=["uid", "name"], name="checkpoint_part_once")]

    def __str__(self) -> str:
        """Return whose part it is, and which."""
        return f"{self.name} of {self.uid}"

"""When something that the program does regularly is due next."""

from django.db import models


class Duty(models.Model):
    """One thing that is done every so often, by whichever worker comes first."""

    name = models.CharField(max_length=100, unique=True)
    due_at = models.DateTimeField(help_text="by the database's clock")

    class Meta:
        """As they are called."""

        ordering = ["name"]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

"""The processes that do queued work, wherever they run."""

from django.db import models

from ml.models.run import Run


class Worker(models.Model):
    """One `manage.py worker` that lives, or died a moment ago: it says every few seconds that it is there."""

    name = models.CharField(max_length=100, unique=True)
    machine = models.CharField(max_length=255)
    pid = models.PositiveIntegerField(help_text="its process on that machine")
    started_at = models.DateTimeField(help_text="by the database's clock")
    heard_at = models.DateTimeField(help_text="when it last said that it lives, by the database's clock")
    doing = models.ForeignKey(
        Run, null=True, on_delete=models.SET_NULL, related_name="+", help_text="the run that it does now"
    )

    class Meta:
        """As they started."""

        ordering = ["pk"]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

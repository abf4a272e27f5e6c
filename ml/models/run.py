"""One run of long work: what was asked, how far it is, how it ended."""

from django.db import models


class Run(models.Model):
    """One piece of long work, done by a command at once or by a worker later."""

    class Kind(models.TextChoices):
        """What the run does."""

        TRAIN_CLASSIFIER = "train_classifier", "train a classifier"
        TRAIN_ATTACK = "train_attack", "train an attack"
        MAKE_PAIRS = "make_pairs", "make image pairs"
        EVALUATE_ATTACK = "evaluate_attack", "evaluate an attack"

    class State(models.TextChoices):
        """Where the run stands."""

        QUEUED = "queued"
        RUNNING = "running"
        SUCCEEDED = "succeeded"
        FAILED = "failed"
        INTERRUPTED = "interrupted"

    kind = models.CharField(max_length=30, choices=Kind.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED)
    options = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0, help_text="steps done in the present stage")
    total = models.PositiveIntegerField(default=0, help_text="steps of the present stage")
    note = models.CharField(max_length=200, blank=True)
    error = models.TextField(blank=True, help_text="what went wrong, in words for a person")
    result = models.JSONField(null=True, blank=True, help_text="what the run made: kind and name")
    versions = models.JSONField(default=dict, help_text="of this program and the packages it used")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True, help_text="when the run last said how far it is")
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering = ["-pk"]

    def __str__(self) -> str:
        """Return kind and state."""
        return f"{self.get_kind_display()} ({self.state})"

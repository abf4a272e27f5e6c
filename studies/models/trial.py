"""One stimulus at one position of one session."""

from django.db import models

from studies.tokens import new_token

from .session import Session
from .stimulus import Stimulus


class Trial(models.Model):
    """One stimulus at one position; its token names it in addresses, and nothing else does."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="trials")
    position = models.PositiveIntegerField(help_text="1, 2, …")
    stimulus = models.ForeignKey(Stimulus, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=22, unique=True, default=new_token, editable=False)

    class Meta:
        """In the order of showing."""

        ordering = ["session", "position"]
        constraints = [
            models.UniqueConstraint(fields=["session", "position"], name="trial_position_once_a_session"),
            models.UniqueConstraint(fields=["session", "stimulus"], name="trial_stimulus_once_a_session"),
            models.CheckConstraint(condition=models.Q(position__gte=1), name="trial_position_from_1"),
        ]

    def __str__(self) -> str:
        """Return the position."""
        return f"trial {self.position}"

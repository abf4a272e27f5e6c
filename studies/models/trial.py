"""One stimulus, or two side by side, at one position of one session."""

from django.db import models

from studies.models.session import Session
from studies.models.stimulus import Stimulus
from studies.tokens import new_token


class Trial(models.Model):
    """What is shown at one position; its token names it in addresses, and nothing else does."""

    class Phase(models.TextChoices):
        """Practice comes first, in the alphabet too: sorting by the word sorts by time."""

        PRACTICE = "practice", "practice"
        SERIES = "series", "series"

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="trials")
    phase = models.CharField(max_length=10, choices=Phase.choices, default=Phase.SERIES)
    position = models.PositiveIntegerField(help_text="1, 2, … within the phase")
    stimulus = models.ForeignKey(Stimulus, on_delete=models.PROTECT, related_name="+")
    second_stimulus = models.ForeignKey(
        Stimulus, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="of a trial with two"
    )
    showing = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text="2 where the session has shown the same before: a repeated trial"
    )
    token = models.CharField(max_length=22, unique=True, default=new_token, editable=False)
    served_at = models.DateTimeField(
        null=True, blank=True, help_text="when it was first the current trial, by the server's clock"
    )
    not_shown = models.BooleanField(
        default=False,
        db_default=False,
        help_text="an image of it was missing or altered when its turn came, and the session went on without it",
    )

    class Meta:
        """In the order of showing."""

        ordering = ["session", "phase", "position"]
        constraints = [
            models.UniqueConstraint(fields=["session", "phase", "position"], name="trial_position_once_a_phase"),
            models.UniqueConstraint(fields=["session", "stimulus", "showing"], name="trial_stimulus_once_a_showing"),
            models.CheckConstraint(
                condition=models.Q(showing=1) | models.Q(showing=2, phase="series"), name="trial_showing_1_or_2"
            ),
            models.CheckConstraint(condition=models.Q(position__gte=1), name="trial_position_from_1"),
            models.CheckConstraint(condition=models.Q(phase__in=["practice", "series"]), name="trial_phase_known"),
        ]

    def __str__(self) -> str:
        """Return the position."""
        return f"{self.phase} trial {self.position}"

    @property
    def stimuli(self) -> tuple[Stimulus, ...]:
        """What is shown, from left to right."""
        return (self.stimulus,) if self.second_stimulus is None else (self.stimulus, self.second_stimulus)

"""What the observer said of one trial."""

from django.db import models

from .trial import Trial


class Answer(models.Model):
    """What the observer said of one trial. There is one, the first: the database holds it to that."""

    class Response(models.TextChoices):
        """The two explicit choices."""

        PERTURBED = "perturbed", "perturbed"
        CLEAN = "clean", "clean"

    trial = models.OneToOneField(Trial, on_delete=models.CASCADE, primary_key=True, related_name="answer")
    response = models.CharField(max_length=10, choices=Response.choices)
    answered_at = models.DateTimeField(help_text="when the server had it, by the server's clock")
    rt_ms = models.PositiveIntegerField(
        null=True, blank=True, help_text="from the paint of the image to the answer, by the browser; ms"
    )
    display = models.JSONField(
        default=dict,
        blank=True,
        help_text="pixel ratio, window, size shown, focus losses; empty where the browser ran no script",
    )

    class Meta:
        """A response is one of the two words."""

        constraints = [
            models.CheckConstraint(
                condition=models.Q(response__in=["perturbed", "clean"]), name="answer_perturbed_or_clean"
            ),
        ]

    def __str__(self) -> str:
        """Return the response."""
        return self.response

"""One person's run through a study."""

from django.db import models

from .observer import Observer


class Session(models.Model):
    """One person's run: consent, a fixed series of trials, an end. Made whole when the person consents."""

    observer = models.OneToOneField(Observer, on_delete=models.CASCADE, related_name="session")
    seed = models.PositiveBigIntegerField(help_text="the order of the trials follows from it")
    drawing_version = models.PositiveSmallIntegerField(help_text="version of the algorithm in studies.drawing")
    consent_sha256 = models.CharField(max_length=64, help_text="of the consent text that was shown")
    consented_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """In the order of consent."""

        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="session_not_both_finished_and_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        """Return the observer's label."""
        return f"session of {self.observer}"

    @property
    def is_over(self) -> bool:
        """Whether no further answer is taken."""
        return self.finished_at is not None or self.withdrawn_at is not None

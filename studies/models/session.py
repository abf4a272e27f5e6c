"""One person's run through a study."""

from django.db import models

from studies.languages import ENGLISH, LANGUAGES
from studies.models.observer import Observer


class Session(models.Model):
    """One person's run: consent, a fixed series of trials, an end. Made whole when the person consents.

    Where the session stands follows from what is there (`studies.sessions.stage`), and is stored nowhere.
    """

    observer = models.OneToOneField(Observer, on_delete=models.CASCADE, related_name="session")
    seed = models.PositiveBigIntegerField(help_text="the order of the trials follows from it")
    drawing_version = models.PositiveSmallIntegerField(help_text="version of the algorithm in studies.randomization")
    consent_sha256 = models.CharField(max_length=64, help_text="of the consent text that was shown")
    consented_at = models.DateTimeField()
    language = models.CharField(max_length=2, choices=LANGUAGES, default=ENGLISH)
    display = models.JSONField(
        default=dict, blank=True, help_text="pixel ratio, window and screen at the start, CSS pixels per millimetre"
    )
    questionnaire = models.JSONField(default=list, blank=True, help_text="questions and answers, in their order")
    questionnaire_at = models.DateTimeField(null=True, blank=True)
    instructed_at = models.DateTimeField(null=True, blank=True, help_text="when the instructions were left behind")
    comments = models.TextField(blank=True)
    commented_at = models.DateTimeField(null=True, blank=True)
    score = models.JSONField(null=True, blank=True, help_text="how many answers were right, if the study tells it")
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
            models.CheckConstraint(
                condition=models.Q(language__in=[code for code, _ in LANGUAGES]), name="session_language_known"
            ),
        ]

    def __str__(self) -> str:
        """Return the observer's label."""
        return f"session of {self.observer}"

    @property
    def is_over(self) -> bool:
        """Whether no further answer is taken."""
        return self.finished_at is not None or self.withdrawn_at is not None

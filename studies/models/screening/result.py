"""What came of one check in one session."""

from django.db import models

from studies.models.screening.check import Check
from studies.models.session import LONGEST_CHECK, Session


class ScreeningResult(models.Model):
    """One check that an observer was put through."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="screening_results")
    check_key = models.CharField("check", max_length=LONGEST_CHECK, choices=Check.choices)
    passed = models.BooleanField(null=True, help_text="empty where it could not be measured")
    measured = models.JSONField(default=dict, blank=True, help_text="what it was judged by")
    at = models.DateTimeField()

    class Meta:
        """In the order in which they were made."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "check_key"], name="screening_result_once_a_check"),
        ]

    def __str__(self) -> str:
        """Return the check and what came of it."""
        told = {True: "passed", False: "not passed", None: "not measured"}[self.passed]
        return f"{self.check_key} of {self.session}: {told}"

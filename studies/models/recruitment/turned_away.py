"""Who opened a link and was not let in: counted, and not known."""

from django.db import models
from django.utils.translation import gettext_lazy

from studies.models.recruitment.open_link import OpenLink

DIGEST_LENGTH = 64
"""Hexadecimal digits of 256 bits."""
NOBODY = "nobody in particular"
"""Stands for the digest of all who came without an id, or when so many had come that no more are told apart."""
MOST_TOLD_APART = 10_000
"""Of one link: whoever sends it made-up ids does not fill the database."""


class TurnedAway(models.Model):
    """One person whom a link turned away, at most once for each reason; or, in one row, those who are not told apart.

    Nothing is kept by which they could be recognised elsewhere: `digest` is made from their id with a key of this
    server's, so that whoever tries again is counted once, and goes with the outside ids.
    """

    class Reason(models.TextChoices):
        """Why."""

        FULL = "full", gettext_lazy("all places were taken")
        EARLIER = "earlier", gettext_lazy("had taken part in an earlier study")

    link = models.ForeignKey(OpenLink, on_delete=models.CASCADE, related_name="turned_away")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    digest = models.CharField(max_length=DIGEST_LENGTH)
    count = models.PositiveIntegerField(default=1, help_text="how often, of those who are not told apart")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """In the order in which they came."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["link", "reason", "digest"], name="turned_away_once_a_reason"),
        ]

    def __str__(self) -> str:
        """Return the reason."""
        return self.get_reason_display()

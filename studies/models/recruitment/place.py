"""A place of an open link: who takes it gets the trials that were drawn for it."""

from django.db import models

from studies.models.observer import Observer
from studies.models.recruitment.open_link import OpenLink
from studies.models.texts.groups import LONGEST_GROUP


class Place(models.Model):
    """One place, with an order of trials that was drawn before anybody came.

    The places of a link are its quota. They are taken in the order of their numbers; whoever ends early leaves theirs,
    and the next person gets it with the same images, order and strengths. So the design is as balanced as the places
    are, whoever leaves.
    """

    link = models.ForeignKey(OpenLink, on_delete=models.CASCADE, related_name="places")
    group = models.CharField(max_length=LONGEST_GROUP, blank=True)
    number = models.PositiveIntegerField(help_text="from 1, in each group of the link")
    sequence = models.JSONField(
        null=True, editable=False, help_text="a `TrialSequence`; empty as long as the study is a draft"
    )
    observer = models.OneToOneField(Observer, on_delete=models.SET_NULL, related_name="place", null=True)

    class Meta:
        """In the order in which they are taken."""

        ordering = ["link", "group", "number"]
        constraints = [
            models.UniqueConstraint(fields=["link", "group", "number"], name="place_number_once_a_group"),
            models.CheckConstraint(
                condition=models.Q(observer__isnull=True) | models.Q(sequence__isnull=False),
                name="place_taken_has_a_sequence",
            ),
        ]
        indexes = [models.Index(fields=["link", "group", "observer", "number"], name="place_free_first")]

    def __str__(self) -> str:
        """Return which place of which link it is."""
        return f"place {self.number} of {self.link}"

"""Which stimuli are perturbed. Nothing on the observer's side may import this module (an import contract)."""

from django.db import models

from ml.models.image_pair import ImagePair
from studies.models.stimulus import Stimulus


class Truth(models.Model):
    """Whether one stimulus is perturbed, of which image pair it is, and what it is there for.

    The two stimuli of a trial with two images are of one pair, and in one role.

    The relation has no reverse name: from a stimulus, a trial or a session there is no attribute that leads here.
    """

    class Role(models.TextChoices):
        """What a stimulus is there for."""

        SERIES = "series", "series"
        CATCH = "catch", "catch trial"
        PRACTICE = "practice", "practice"
        EXAMPLE = "example", "example in the instructions"

    stimulus = models.OneToOneField(Stimulus, on_delete=models.CASCADE, primary_key=True, related_name="+")
    pair = models.ForeignKey(ImagePair, on_delete=models.PROTECT, related_name="+")
    perturbed = models.BooleanField()
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.SERIES)
    subset = models.PositiveSmallIntegerField(default=0, help_text="set of images, from 0; of the series alone")

    class Meta:
        """Kept together."""

        verbose_name_plural = "truths"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=["series", "catch", "practice", "example"]), name="truth_role_known"
            ),
        ]

    def __str__(self) -> str:
        """Return the truth in the words of the exports."""
        return "perturbed" if self.perturbed else "clean"

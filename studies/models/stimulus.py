"""One image as one study shows it. It does not know whether it is clean or perturbed."""

from django.db import models

from studies.models.study import Study


def stimulus_name(number: int) -> str:
    """Return the name of a study's stimulus of this number, as exports use it."""
    return f"S{number:02d}"


class Stimulus(models.Model):
    """One image as one study shows it: a file of the same length as every other of the study.

    Whether it is clean or perturbed, and of which image, stands in `studies.models.truth`, which nothing on the
    observer's side imports; there is no way from here to there.
    """

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="stimuli")
    number = models.PositiveIntegerField(help_text="1, 2, … in an order drawn at random")
    file = models.FileField(max_length=200, help_text="uncompressed PNG under a random name")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="side of the square image, pixels")

    class Meta:
        """In their (random) order."""

        verbose_name_plural = "stimuli"
        ordering = ["study", "number"]
        constraints = [
            models.UniqueConstraint(fields=["study", "number"], name="stimulus_number_once_a_study"),
        ]

    def __str__(self) -> str:
        """Return the name used in exports, such as S07."""
        return self.name

    @property
    def name(self) -> str:
        """The name used in exports, such as S07."""
        return stimulus_name(self.number)

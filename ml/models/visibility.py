"""How visible the changes of a pair set are, by measures that model the eye: how they were taken, and their spread."""

from django.db import models

from ml.models.pair_set import PairSet
from ml.models.run import Run


class Visibility(models.Model):
    """The measures of visibility of one pair set, taken on its saved 8-bit images; each pair has a `PairVisibility`."""

    pair_set = models.OneToOneField(PairSet, on_delete=models.CASCADE, related_name="visibility")
    pixels_per_degree = models.FloatField(help_text="how the images are viewed: pixels in a degree of the visual angle")
    distributions = models.JSONField(help_text="of each measure over the pairs, by its name")
    versions = models.JSONField(help_text="of the packages and models that measured")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="visibilities")
    measured_at = models.DateTimeField(auto_now=True)

    class Meta:
        """The plural is needed for words only."""

        verbose_name_plural = "visibilities"
        constraints = [
            models.CheckConstraint(condition=models.Q(pixels_per_degree__gt=0), name="visibility_pixels_per_degree"),
        ]

    def __str__(self) -> str:
        """Return what was measured."""
        return f"visibility of {self.pair_set}"

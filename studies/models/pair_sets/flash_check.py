"""How much of an image pair flashes where its twins alternate: measured once a pair and scale, by a worker."""

from django.db import models

from ml.images.flashes import LARGEST_FLASHING_AREA
from ml.models.image_pair import ImagePair
from ml.models.pair_set import PairSet


class FlashCheck(models.Model):
    """The flashing area of a pair at a scale (`ml.images.flashes`). The files of a pair never change."""

    pair = models.ForeignKey(ImagePair, on_delete=models.CASCADE, related_name="+")
    scale = models.PositiveSmallIntegerField(help_text="screen pixels per image pixel")
    general_px = models.FloatField(help_text="largest area of general flashes within a field of 10°, CSS pixels")
    red_px = models.FloatField(help_text="the same of red flashes")

    class Meta:
        """Each pair once a scale."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["pair", "scale"], name="flash_check_once_a_pair_and_scale"),
        ]

    def __str__(self) -> str:
        """Return both areas."""
        return f"{self.general_px:.0f}, {self.red_px:.0f}"


def checks_of(pair_set: PairSet, scale: int) -> "models.QuerySet[FlashCheck]":
    """Return what was measured of a set of image pairs at a scale."""
    return FlashCheck.objects.filter(pair__pair_set=pair_set, scale=scale)


def flashing_pairs(pair_set: PairSet, scale: int) -> set[int]:
    """Return the numbers of the pairs, of those measured, that exceed the thresholds of flashes (one query)."""
    too_large = models.Q(general_px__gt=LARGEST_FLASHING_AREA) | models.Q(red_px__gt=LARGEST_FLASHING_AREA)
    return set(checks_of(pair_set, scale).filter(too_large).values_list("pair", flat=True))

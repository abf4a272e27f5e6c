"""How visible the change of one pair is, by measures that model the eye."""

from django.db import models

from ml.models.image_pair import ImagePair


class PairVisibility(models.Model):
    """The measures of one pair, between its saved 8-bit images; `ml.images.visibility.measures` defines them.

    How they were taken stands in the pair set's `Visibility`.
    """

    pair = models.OneToOneField(ImagePair, on_delete=models.CASCADE, related_name="visibility")
    ciede2000_mean = models.FloatField(help_text="mean ΔE00 over the pixels")
    ciede2000_p95 = models.FloatField(help_text="95th percentile of ΔE00 over the pixels")
    ciede2000_above_1 = models.FloatField(help_text="share of the pixels whose ΔE00 is above 1")
    flip = models.FloatField(help_text="mean FLIP error, 0 to 1")
    ssimulacra2 = models.FloatField(null=True, help_text="score, at most 100; null where images are below 113 pixels")
    colorvideovdp = models.FloatField(
        null=True, help_text="just-objectionable differences, 10 is none; null where it was not asked for"
    )

    class Meta:
        """What the measures can be."""

        verbose_name_plural = "pair visibilities"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ciede2000_mean__gte=0, ciede2000_p95__gte=0), name="pair_visibility_ciede2000"
            ),
            models.CheckConstraint(
                condition=models.Q(ciede2000_above_1__range=(0, 1), flip__range=(0, 1)), name="pair_visibility_shares"
            ),
            models.CheckConstraint(
                condition=models.Q(ssimulacra2__isnull=True) | models.Q(ssimulacra2__lte=100),
                name="pair_visibility_ssimulacra2",
            ),
            models.CheckConstraint(
                condition=models.Q(colorvideovdp__isnull=True) | models.Q(colorvideovdp__lte=10),
                name="pair_visibility_colorvideovdp",
            ),
        ]

    def __str__(self) -> str:
        """Return which pair was measured."""
        return f"visibility of pair {self.pair_id}"

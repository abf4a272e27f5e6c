"""A clean image and its perturbed twin."""

from django.db import models

from ml.models.image import Image
from ml.models.pair_set import PairSet


class ImagePair(models.Model):
    """A clean image and its perturbed twin: both through the same steps, both 8-bit PNG, under random names.

    The sizes of the change are measured between the two saved 8-bit images, in levels (0–255).
    """

    pair_set = models.ForeignKey(PairSet, on_delete=models.CASCADE, related_name="pairs")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="pairs")
    clean_file = models.FileField(max_length=200)
    perturbed_file = models.FileField(max_length=200)
    clean_sha256 = models.CharField(max_length=64, help_text="of the file")
    perturbed_sha256 = models.CharField(max_length=64, help_text="of the file")
    linf = models.PositiveSmallIntegerField(help_text="largest change, levels")
    l2 = models.FloatField(help_text="root of the summed squared change, levels")
    psnr = models.FloatField(null=True, help_text="dB; null where the twins are equal (infinite)")
    ssim = models.FloatField(help_text="structural similarity, at most 1")
    clean_prediction = models.CharField(max_length=50, blank=True, help_text="set by the attack's evaluation")
    perturbed_prediction = models.CharField(max_length=50, blank=True)

    mask = models.BinaryField(
        null=True,
        help_text="where the image was changed, as whoever changed it said: pixels row by row, packed "
        "(`ml.images.change_region.packed`); null where nobody did. On the truth's side: no observer is sent it.",
    )

    class Meta:
        """An image stands once in a pair set."""

        ordering = ["pair_set", "image__name"]
        constraints = [
            models.UniqueConstraint(fields=["pair_set", "image"], name="image_once_a_pair_set"),
            models.CheckConstraint(condition=models.Q(linf__lte=255), name="image_pair_linf_in_levels"),
        ]

    def __str__(self) -> str:
        """Return the image's name."""
        return f"pair of image {self.image_id}"

"""Where an image pair was changed: computed once a pair, by a worker. On the truth's side."""

from django.db import models

from ml.images.change_region import LARGEST_ACCEPTED_SHARE, LARGEST_LOCAL_SHARE
from ml.models.image_pair import ImagePair
from ml.models.pair_set import PairSet


class RegionCheck(models.Model):
    """The region of a pair's change (`ml.images.change_region`). Neither files nor mask of a pair ever change."""

    pair = models.OneToOneField(ImagePair, on_delete=models.CASCADE, primary_key=True, related_name="+")
    share = models.FloatField(
        help_text="of the image's area that the region takes, 0 to 1; 0 where nothing was changed"
    )
    accepted_share = models.FloatField(help_text="of the image's area in which a mark counts as right, 0 to 1")
    accepted = models.BinaryField(help_text="the pixels in which a mark counts as right, row by row, packed")

    class Meta:
        """In the order of the pairs."""

        ordering = ["pk"]

    def __str__(self) -> str:
        """Return the share."""
        return f"{self.share:.3f}"


def regions_of(pair_set: PairSet) -> "models.QuerySet[RegionCheck]":
    """Return what is known of a set of image pairs."""
    return RegionCheck.objects.filter(pair__pair_set=pair_set)


def pairs_changed_everywhere(pair_set: PairSet) -> set[int]:
    """Return the numbers of the pairs, of those looked at, whose change has no place to be marked (one query)."""
    all_over = models.Q(share__gt=LARGEST_LOCAL_SHARE) | models.Q(accepted_share__gt=LARGEST_ACCEPTED_SHARE)
    has_no_place = all_over | models.Q(share=0)
    return set(regions_of(pair_set).filter(has_no_place).values_list("pair", flat=True))

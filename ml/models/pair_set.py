"""The image pairs that one attack made of one dataset's images."""

import uuid

from django.db import models

from ml.models.attack import Attack
from ml.models.dataset import Dataset
from ml.models.image import Image
from ml.models.owned import Owned
from ml.models.run import Run


class PairSet(Owned):
    """Image pairs made together: one attack, one dataset, one side of its split, one size."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100, unique=True)
    attack = models.ForeignKey(Attack, on_delete=models.PROTECT, related_name="pair_sets")
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="pair_sets")
    split = models.CharField(max_length=5, choices=Image.Split.choices)
    strength = models.FloatField(help_text="largest change to a pixel channel, in 8-bit levels (epsilon)")
    image_size = models.PositiveIntegerField(help_text="side of the square images, in pixels")
    notes = models.JSONField(
        default=list, blank=True, help_text="what was found or done when pairs that were made elsewhere were brought in"
    )
    provenance = models.JSONField(default=dict)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="pair_sets")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """As they were made."""

        ordering = ["pk"]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

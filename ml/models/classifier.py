"""The network under attack."""

import uuid

from django.db import models

from ml.models.dataset import Dataset
from ml.models.owned import Owned
from ml.models.run import Run


class Classifier(Owned):
    """A trained network that reads a square RGB image as one of the dataset's classes."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100, unique=True)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="classifiers")
    architecture = models.CharField(max_length=50)
    classes = models.JSONField(default=list, help_text="Class codes in the order of the outputs.")
    image_size = models.PositiveIntegerField(help_text="side of the square input, in pixels")
    weights = models.FileField(max_length=200)
    weights_sha256 = models.CharField(max_length=64)
    options = models.JSONField(default=dict)
    history = models.JSONField(default=dict, help_text="loss and accuracy, epoch by epoch")
    metrics = models.JSONField(default=dict, help_text="on the test images, clean")
    provenance = models.JSONField(default=dict, help_text="dataset hash, seed, versions, wall time in seconds")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="classifiers")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """As they were made."""

        ordering = ["pk"]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

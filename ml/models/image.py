"""One labelled image of a dataset, as it came, or brought to 8-bit sRGB where it came otherwise."""

from django.db import models

from ml.models.dataset import Dataset


class Image(models.Model):
    """One image: its bytes under a random file name, its diagnosis, its lesion, its side of the split."""

    class Split(models.TextChoices):
        """The side of the split."""

        TRAIN = "train"
        TEST = "test"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="images")
    name = models.CharField(max_length=200, help_text="The image's name in its archive, without its ending.")
    lesion = models.CharField(max_length=200, help_text="Images of one lesion carry one lesion name.")
    diagnosis = models.CharField(max_length=50)
    split = models.CharField(max_length=5, choices=Split.choices)
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64, help_text="Of the stored bytes.")
    source_sha256 = models.CharField(
        max_length=64, blank=True, help_text="Of the bytes that came, where others are stored."
    )
    conversion = models.CharField(
        max_length=300, blank=True, help_text="What was done to bring it to 8-bit sRGB; empty: it is stored as it came."
    )
    width = models.PositiveIntegerField(help_text="pixels")
    height = models.PositiveIntegerField(help_text="pixels")
    metadata = models.JSONField(default=dict, help_text="What else the archive says: age, sex, site, …")

    class Meta:
        """In name order; a name stands once in a dataset."""

        ordering = ["dataset", "name"]
        constraints = [
            models.UniqueConstraint(fields=["dataset", "name"], name="image_name_once_a_dataset"),
            models.CheckConstraint(condition=models.Q(split__in=["train", "test"]), name="image_split_train_or_test"),
        ]
        indexes = [models.Index(fields=["dataset", "split", "diagnosis"], name="image_by_split")]

    def __str__(self) -> str:
        """Return the name in the archive."""
        return self.name

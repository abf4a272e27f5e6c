"""A dataset: a named set of labelled images, with its split."""

import uuid

from django.db import models
from django.utils.translation import gettext, gettext_lazy

from ml.models.owned import Owned


class Dataset(Owned):
    """Labelled images that were imported together under one name."""

    class Source(models.TextChoices):
        """Which reader brought the images in."""

        HAM10000 = "ham10000", gettext_lazy("HAM10000 archive")
        FOLDER = "folder", gettext_lazy("one folder a class")
        SYNTHETIC = "synthetic", gettext_lazy("synthetic lesions")
        PAIRS = "pairs", gettext_lazy("the clean images of pairs that were perturbed elsewhere")

    class SplitMethod(models.TextChoices):
        """How images were dealt to train and test."""

        STRATIFIED = "stratified", gettext_lazy("plain random, stratified by diagnosis")
        BY_LESION = "by-lesion", gettext_lazy("grouped by lesion, stratified by diagnosis")
        GIVEN = "given", gettext_lazy("as the images came: the split was not drawn here")
        ALL_TEST = "all-test", gettext_lazy("none: all images are for testing")

    class Fit(models.TextChoices):
        """What becomes of an image that is not square."""

        CROP = "crop", gettext_lazy("cropped to the square in the middle")
        PAD = "pad", gettext_lazy("padded with black to a square")
        SQUEEZE = "squeeze", gettext_lazy("squeezed to a square, the aspect not kept")

    class Colours(models.TextChoices):
        """What was done about colours that are not sRGB."""

        SRGB = "srgb", gettext_lazy("converted to sRGB where a file says otherwise")
        AS_STORED = (
            "as-stored",
            gettext_lazy("as stored: what a file says of its colours was passed over (earlier versions)"),
        )

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100, unique=True)
    source = models.CharField(max_length=20, choices=Source.choices)
    fit = models.CharField(max_length=10, choices=Fit.choices, default=Fit.CROP)
    colours = models.CharField(max_length=10, choices=Colours.choices, default=Colours.SRGB)
    notes = models.JSONField(
        default=list, blank=True, help_text="What was taken, guessed or done when the images were imported; a list."
    )
    refusals = models.JSONField(
        null=True,
        blank=True,
        help_text="Why → how many files and rows, of the last import that brought images; none: an earlier version "
        "imported them, and did not count.",
    )
    credit = models.TextField(blank=True, help_text="Who made the images, and under which licence.")
    options = models.JSONField(
        default=dict, blank=True, help_text="What the reader was asked, where that decides what the images are."
    )
    classes = models.JSONField(default=list, help_text="Diagnosis codes, in the order of a network's outputs.")
    split_method = models.CharField(max_length=20, choices=SplitMethod.choices)
    split_seed = models.PositiveBigIntegerField(default=0)
    content_hash = models.CharField(
        max_length=64,
        help_text="SHA-256 over name, bytes, diagnosis and split of every image, and how others than squares are "
        "squared.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest last, as they were made."""

        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="dataset_name_not_empty"),
            models.CheckConstraint(
                condition=models.Q(fit__in=["crop", "pad", "squeeze"]), name="dataset_fit_crop_pad_or_squeeze"
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def split_in_words(self) -> str:
        """How images were dealt to train and test, with the seed where they were drawn."""
        drawn = self.split_method in {self.SplitMethod.STRATIFIED, self.SplitMethod.BY_LESION}
        return (
            gettext("%(method)s, seed %(seed)s") % {"method": self.get_split_method_display(), "seed": self.split_seed}
            if drawn
            else self.get_split_method_display()
        )

    @property
    def refused_in_words(self) -> str:
        """How many files and rows were refused when images were imported, and why; nothing where it was not counted."""
        if self.refusals is None:
            return ""
        # A database may keep keys in an order of its own.
        refusals = sorted(self.refusals.items(), key=lambda refusal: (-refusal[1], refusal[0]))
        counts = [f"{count:,} ({reason})" for reason, count in refusals]
        return ", ".join(counts) or "none"

    @property
    def drawing_seed(self) -> int | None:
        """The seed that the program drew the images from; None where it drew none."""
        seed: int | None = self.options.get("seed") if self.is_synthetic else None
        return seed

    @property
    def is_synthetic(self) -> bool:
        """Whether the images were drawn by this program and show no real lesion."""
        return self.source == self.Source.SYNTHETIC

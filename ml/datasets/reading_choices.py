"""What a person chooses about how images are read; recorded with the dataset, since another choice is another one."""

from dataclasses import dataclass

from ml.errors import MlError
from ml.images.deep_levels import BIT_CHOICES
from ml.models import Dataset

LEAST_SIDE = 16
"""In pixels: what is smaller is an icon or a scrap, no picture of a lesion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingChoices:
    """How images are read."""

    fit: str = Dataset.Fit.CROP.value
    """A value of `Dataset.Fit`: what becomes of an image that is not square."""
    least_side: int = LEAST_SIDE
    """An image with a shorter side, in pixels, is refused."""
    bits: int | None = None
    """How many bits the levels of 16-bit images have, 9 to 16; None: all that their files hold."""

    @classmethod
    def of(cls, dataset: Dataset) -> "ReadingChoices":
        """Return what was chosen when a dataset's images were imported."""
        options = dataset.options
        return cls(fit=dataset.fit, least_side=options.get("least_side", LEAST_SIDE), bits=options.get("bits"))

    def check(self) -> None:
        """Refuse what is no choice.

        Raises
        ------
        MlError
            Says which.
        """
        if self.fit not in Dataset.Fit.values:
            raise MlError(f"an image that is not square is made so by {', '.join(Dataset.Fit.values)}, not {self.fit}")
        if self.least_side < 1:
            raise MlError(f"the least side is 1 pixel or more, not {self.least_side}")
        if self.bits is not None and self.bits not in BIT_CHOICES:
            raise MlError(f"the bits of a level are {BIT_CHOICES[0]} to {BIT_CHOICES[-1]}, not {self.bits}")

    @property
    def options(self) -> dict[str, int | str]:
        """What decides which images are taken and what they hold, where it is not the default."""
        options: dict[str, int | str] = {}
        if self.least_side != LEAST_SIDE:
            options["least_side"] = self.least_side
        if self.bits is not None:
            options["bits"] = self.bits
        return options

"""What goes into a network and what comes out, as it stands in a file or in a loaded network."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NetworkInput:
    """One input of a network."""

    name: str
    shape: tuple[int | None, ...]
    """Of one example; None where any size is taken."""
    dtype: str

    @property
    def is_plane(self) -> bool:
        """Whether it takes something of height, width and channels."""
        return len(self.shape) == 3

    @property
    def is_rgb_image(self) -> bool:
        """Whether it takes something of height, width, and red, green, blue."""
        return self.is_plane and self.shape[-1] == 3

    def __str__(self) -> str:
        """Return name and shape, as a person reads them."""
        return f"{self.name} ({' × '.join('any' if size is None else str(size) for size in self.shape)})"


@dataclass(frozen=True, slots=True)
class NetworkOutline:
    """What goes into a network and what comes out."""

    inputs: tuple[NetworkInput, ...]
    outputs: tuple[int | None, ...]
    """The number of values of each output; None where it cannot be told."""

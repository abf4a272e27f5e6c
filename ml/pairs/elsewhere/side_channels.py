"""What would tell twins apart beside the attack: found, refused, or made equal as somebody chooses.

Both twins are decoded and encoded anew by the same code here, so that the format of a file, its metadata and its length
reach nobody. What remains is what the pixels themselves went through on one side alone: a lossy compression, other
colours, fewer bits, another size. A study on such pairs would measure whether people see that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from ml.errors import MlError
from ml.pairs.elsewhere.file_traits import DICOM, LOSSLESS, FileTraits

REFUSE = "refuse"


class Compression(StrEnum):
    """What becomes of twins that went through different compressions."""

    REFUSE = "refuse"
    DECODED = "decoded"
    """Taken as they decode: the perturbed one was made from the clean one as it decodes."""
    JPEG = "jpeg"
    """All twins, of all pairs, go through one JPEG."""


class Colours(StrEnum):
    """What becomes of twins whose files say different things of their colours."""

    REFUSE = "refuse"
    CLEAN = "clean"
    """What the clean one says holds for both: the perturbed one was made from its levels."""
    EACH = "each"
    """Each is brought to sRGB by what it says."""


class Depth(StrEnum):
    """What becomes of twins whose levels are kept otherwise."""

    REFUSE = "refuse"
    EIGHT = "eight"
    """Both are brought to 8 bits by one linear rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Equalisation:
    """What a researcher chooses about twins that differ in more than the attack."""

    compression: str = Compression.REFUSE.value
    quality: int = 95
    """Of the JPEG, where all go through one; 1 to 100. Colours keep their resolution (4:4:4)."""
    colours: str = Colours.REFUSE.value
    depth: str = Depth.REFUSE.value

    def check(self) -> None:
        """Refuse what is no choice.

        Raises
        ------
        MlError
            Says which.
        """
        for name, known in (("compression", Compression), ("colours", Colours), ("depth", Depth)):
            if (value := getattr(self, name)) not in list(known):
                raise MlError(f"--{name} is one of {', '.join(known)}; not {value!r}.")
        if not 1 <= self.quality <= 100:
            raise MlError(f"--quality is 1 to 100, not {self.quality}.")

    @property
    def chosen(self) -> dict[str, str | int]:
        """What was chosen, where it is not to refuse."""
        found = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "quality"}
        chosen: dict[str, str | int] = {name: value for name, value in found.items() if value != REFUSE}
        return chosen | ({"quality": self.quality} if self.compression == Compression.JPEG else {})


@dataclass(frozen=True, slots=True)
class SideChannel:
    """One way in which the pixels of twins differ beside the attack.

    Attributes
    ----------
    text
        What is on which side.
    remedy
        What can be done about it, with the option that does it.
    taken
        What was done, where the researcher chose something; empty where the pair is to be refused.
    """

    text: str
    remedy: str
    taken: str = ""


def side_channels(clean: FileTraits, perturbed: FileTraits, chosen: Equalisation) -> list[SideChannel]:
    """Return the ways in which twins differ beside the attack and what was chosen about each; empty: there are none."""
    return [*_geometry(clean, perturbed), *_compression(clean, perturbed, chosen), *_rest(clean, perturbed, chosen)]


def closed_channels(clean: FileTraits, perturbed: FileTraits) -> list[str]:
    """Return the ways in which the files differ that encoding both anew closes: in words, as a plural's subject."""
    differing = {
        "the format of the file": clean.form != perturbed.form,
        "metadata": clean.metadata != perturbed.metadata,
    }
    return [name for name, differs in differing.items() if differs]


def _geometry(clean: FileTraits, perturbed: FileTraits) -> Iterator[SideChannel]:
    if (clean.form == DICOM) != (perturbed.form == DICOM):
        yield SideChannel(
            f"the clean one is {clean.form}, the perturbed one {perturbed.form}",
            "save both as DICOM, or the clean one as it was when it was perturbed",
        )
    if clean.orientation != perturbed.orientation:
        yield SideChannel(
            "EXIF says of one that it is to be turned, and not of the other",
            "turn the clean one before it is perturbed, and save both so",
        )
    if clean.size != perturbed.size:
        sizes = [f"{width} × {height}" for width, height in (clean.size, perturbed.size)]
        yield SideChannel(
            f"the clean one has {sizes[0]} pixels, the perturbed one {sizes[1]}",
            "resizing one here would not be the resizing that the other went through, and would be taken for the "
            "attack: save the clean one at the size at which it was perturbed",
        )


def _compression(clean: FileTraits, perturbed: FileTraits, chosen: Equalisation) -> Iterator[SideChannel]:
    if clean.compression == perturbed.compression:
        return
    one, other = clean.compressed_as, perturbed.compressed_as
    text = f"the clean one is {one}, the perturbed one {other}"
    if one == other:
        text = f"both are {one}, compressed otherwise (tables, or how colours are sampled)"
    remedy = "send all twins through one JPEG (--compression jpeg), or save both in the same way"
    if perturbed.compression == LOSSLESS:
        remedy = (
            "if the perturbed one was made from the clean one as it decodes, take both so (--compression decoded); "
            f"otherwise {remedy}"
        )
    taken = {
        Compression.DECODED: "both are taken as they decode",
        Compression.JPEG: f"all twins went through one JPEG (quality {chosen.quality}, 4:4:4)",
    }
    yield SideChannel(text, remedy, taken.get(Compression(chosen.compression), ""))


def _rest(clean: FileTraits, perturbed: FileTraits, chosen: Equalisation) -> Iterator[SideChannel]:
    if clean.colours != perturbed.colours:
        taken = {
            Colours.CLEAN: "what the clean one says holds for both",
            Colours.EACH: "each is brought to sRGB by what it says",
        }
        yield SideChannel(
            "their files say different things of their colours (ICC profile and the like)",
            "if the perturbed one was made from the levels of the clean one, let what that says hold for both "
            "(--colours clean); if each says what is so, convert each (--colours each)",
            taken.get(Colours(chosen.colours), ""),
        )
    if clean.depth != perturbed.depth:
        yield SideChannel(
            f"the levels of the clean one are kept in {clean.depth}, those of the perturbed one in {perturbed.depth}",
            "save both with 8 bits a channel, or have both brought to 8 bits here (--depth eight)",
            "both are brought to 8 bits" if chosen.depth == Depth.EIGHT else "",
        )

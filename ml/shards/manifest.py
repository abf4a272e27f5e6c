"""The manifest of image work: all that a shard needs to know, as one JSON file in a folder."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from ml.shards.whole_files import write_whole

NAME = "manifest.json"


class AlteredInputError(Exception):
    """An input is not as the manifest has it."""


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that shards read, checked by its hash whenever it is read."""

    path: str
    """Absolute, or within the manifest's folder."""
    sha256: str


@dataclass(frozen=True, slots=True)
class ImageInput:
    """One image to be perturbed."""

    image_id: int
    """The number of its row."""
    name: str
    dataset: str
    fit: str
    """How it is made square; one of `ml.images.pixels.FITS`."""
    file: InputFile


@dataclass(frozen=True, slots=True)
class AttackInput:
    """The attack that perturbs them."""

    name: str
    kind: str
    """A key of `ml.attacks.ATTACKS`."""
    target: int
    """Place of the target class in the classifier's class list."""
    strength: float
    seed: int
    settings: Mapping[str, object]
    classifier_name: str
    weights: InputFile | None
    """None where the attack learns nothing beforehand."""
    classifier: InputFile | None
    """None where the attack asks no classifier."""


@dataclass(frozen=True)
class Manifest:
    """What is to be made, of what, and how it is cut into shards."""

    folder: Path
    """Where the manifest lies and results go."""
    attack: AttackInput
    images: tuple[ImageInput, ...]
    image_size: int
    """Side of the square images, in pixels."""
    batch_size: int
    cut: tuple[tuple[int, int], ...]
    """Of each shard: its first image and the one after its last; multiples of the batch size, but for the end."""
    versions: Mapping[str, str]
    """Of this program and its packages, as `perception.versions.versions` names them."""

    @cached_property
    def sha256(self) -> str:
        """The hash of what is asked: a result of another manifest is not taken for one of this."""
        return hashlib.sha256(json.dumps(_as_json(self), sort_keys=True).encode()).hexdigest()

    def images_of(self, shard: int) -> tuple[ImageInput, ...]:
        """Return the images of a shard, in order."""
        start, stop = self.cut[shard]
        return self.images[start:stop]

    def read(self, file: InputFile) -> bytes:
        """Return the bytes of an input.

        Raises
        ------
        OSError
            It is gone, or cannot be read from here.
        AlteredInputError
            It is not the one that the manifest names.
        """
        data = (self.folder / file.path).read_bytes()
        if hashlib.sha256(data).hexdigest() != file.sha256:
            raise AlteredInputError("the file is damaged or was replaced")
        return data


def write_manifest(manifest: Manifest) -> None:
    """Write the manifest into its folder; whoever reads it finds all of it or none."""
    write_whole(manifest.folder / NAME, json.dumps(_as_json(manifest)).encode())


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder.

    Raises
    ------
    FileNotFoundError
        There is none.
    """
    read = json.loads((folder / NAME).read_bytes())
    attack = read["attack"]
    return Manifest(
        folder=folder,
        attack=AttackInput(**{**attack, **{part: _file(attack[part]) for part in ("weights", "classifier")}}),
        images=tuple(ImageInput(**{**image, "file": InputFile(**image["file"])}) for image in read["images"]),
        image_size=read["image_size"],
        batch_size=read["batch_size"],
        cut=tuple((start, stop) for start, stop in read["cut"]),
        versions=read["versions"],
    )


def _as_json(manifest: Manifest) -> dict[str, object]:
    fields = asdict(manifest)
    del fields["folder"]  # nodes may see it under another path
    return fields


def _file(fields: Mapping[str, str] | None) -> InputFile | None:
    return None if fields is None else InputFile(**fields)

"""Whether an archive is whole: the file as it was written, every member as the manifest says, the images as shown."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import IO

import numpy as np

from ml.images.change_region import Mask, mask_sha256
from ml.images.pixels import decode
from studies.exports.archive.errors import ArchiveError
from studies.exports.archive.layout import MANIFEST, MASK_FOLDER, RIGHT_PLACE_FOLDER, STIMULUS_FOLDER
from studies.exports.archive.protocol_facts import ArchivedRegions, ArchivedStimulus
from studies.exports.archive.reading import OpenArchive, rebuilt
from studies.exports.archive.stored_zip import Member

PIECE = 1 << 20
WHITE = 255


def member_problems(archive: OpenArchive, file: IO[bytes]) -> list[str]:
    """Return what is wrong with the file and its members: every byte of it is looked at."""
    problems = list(_differing_lists(archive))
    with tempfile.TemporaryFile() as again:
        try:
            found = rebuilt(archive, again)
        except ArchiveError as error:
            return [*problems, str(error)]
        differing = list(_differing_members(archive.manifest, found))
        if not differing and not _same(file, again):
            differing.append(
                "The file is not as this program writes it, though every member is as the manifest says: it was packed "
                "anew, or bytes between the members were changed."
            )
    return problems + differing


def _differing_lists(archive: OpenArchive) -> Iterator[str]:
    names = set(archive.names) - {MANIFEST}
    for name in archive.manifest:
        if name not in names:
            yield f"{name} is missing; the manifest has it"
    for name in archive.names:
        if name != MANIFEST and name not in archive.manifest:
            yield f"{name} is not in the manifest"


def _differing_members(manifest: dict[str, Member], found: dict[str, Member]) -> Iterator[str]:
    for name, said in manifest.items():
        is_ = found.get(name)
        if is_ is None:
            continue
        if is_.size != said.size:
            yield f"{name} was changed: {is_.size:,} bytes, in the manifest {said.size:,}"
        elif is_.sha256 != said.sha256:
            yield f"{name} was changed: SHA-256 {is_.sha256[:16]}…, in the manifest {said.sha256[:16]}…"


def _same(one: IO[bytes], other: IO[bytes]) -> bool:
    one.seek(0)
    other.seek(0)
    pieces = zip_longest(iter(lambda: one.read(PIECE), b""), iter(lambda: other.read(PIECE), b""))
    return all(left == right for left, right in pieces)


def stimulus_problems(archive: OpenArchive, stimuli: Sequence[ArchivedStimulus]) -> list[str]:
    """Return which images are not those of the protocol, by the hashes that the manifest has been checked for."""
    told = {f"{STIMULUS_FOLDER}/{stimulus.name}.png": stimulus.sha256 for stimulus in stimuli}
    there = {name: member.sha256 for name, member in archive.manifest.items() if name.startswith(f"{STIMULUS_FOLDER}/")}
    problems = [f"{name} is an image of the protocol, and not here" for name in told if name not in there]
    problems += [f"{name} is no image of the protocol" for name in there if name not in told]
    return problems + [
        f"{name} is not the image that the protocol has by this name: its SHA-256 is another"
        for name, sha256 in told.items()
        if name in there and there[name] != sha256
    ]


@dataclass(frozen=True, slots=True)
class RightPlaces:
    """What marks are judged by, by the stimulus's name; bool arrays of shape (side, side).

    Attributes
    ----------
    masks
        Where an image was changed, as a mask says that came with it: a mark is right in it, or near enough.
    computed
        Where a mark is right, as it was computed before the study opened.
    """

    masks: dict[str, Mask]
    computed: dict[str, Mask]


def right_places(
    archive: OpenArchive, stimuli: Sequence[ArchivedStimulus], regions: ArchivedRegions
) -> tuple[RightPlaces, list[str]]:
    """Read what marks are judged by, and return it; and what of it is not as the protocol fixed it.

    Raises
    ------
    ArchiveError
        A member is damaged.
    """
    perturbed = [stimulus for stimulus in stimuli if stimulus.perturbed]
    of_masks = {stimulus.name: stimulus.mask_sha256 for stimulus in perturbed if stimulus.mask_sha256}
    of_computed = {stimulus.name: stimulus.right_place_sha256 for stimulus in perturbed if stimulus.right_place_sha256}
    problems = []
    if (len(perturbed), len(of_masks)) != (regions.n, regions.n_from_masks):
        problems.append(
            f"the protocol says that {regions.n_from_masks:,} of {regions.n:,} regions are masks, and has "
            f"{len(of_masks):,} masks of {len(perturbed):,} perturbed images"
        )
    if len(of_computed) != regions.n - regions.n_from_masks:
        problems.append(
            f"the protocol says that {regions.n - regions.n_from_masks:,} regions were computed, and has right places "
            f"of {len(of_computed):,} images"
        )
    masks, differing = _fixed_masks(archive, MASK_FOLDER, of_masks, side=regions.side, what="mask")
    computed, others = _fixed_masks(archive, RIGHT_PLACE_FOLDER, of_computed, side=regions.side, what="right place")
    return RightPlaces(masks, computed), problems + differing + others


def _fixed_masks(
    archive: OpenArchive, folder: str, told: Mapping[str, str], *, side: int, what: str
) -> tuple[dict[str, Mask], list[str]]:
    """Return the masks in a folder that are those of the protocol, by the stimulus's name, and what is wrong.

    Parameters
    ----------
    told
        The SHA-256 of each, by the stimulus's name.
    side
        Of the square images, in pixels.
    what
        What one of them is called.
    """
    names = {f"{folder}/{stimulus}.png": stimulus for stimulus in told}
    problems = [
        f"{name} is no {what} of the protocol"
        for name in archive.manifest
        if name.startswith(f"{folder}/") and name not in names
    ]
    masks: dict[str, Mask] = {}
    for name, stimulus in names.items():
        if name not in archive.manifest:
            problems.append(f"{name} is a {what} of the protocol, and not here")
            continue
        mask = _mask(archive.read(name))
        if mask is None or mask.shape != (side, side) or mask_sha256(mask) != told[stimulus]:
            problems.append(f"{name} is not the {what} that the protocol has by this name")
        else:
            masks[stimulus] = mask
    return masks, problems


def _mask(data: bytes) -> Mask | None:
    """Return what is white in an image; None where it cannot be read."""
    try:
        return np.asarray(decode(data)[..., 0] == WHITE)
    except Exception:  # a damaged file can raise anything from within a decoder
        return None

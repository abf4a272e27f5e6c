"""Making a shard: an attack and images in; clean and perturbed twins out, both 8-bit, by the same steps."""

import math
import platform
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from ml.errors import MlError
from ml.images.encoded_twins import encode_twins
from ml.images.pixels import Pixels, decode, quantise, to_square
from ml.images.prefetch import prefetched
from ml.networks.network import Network
from ml.shards.manifest import AlteredInputError, AttackInput, ImageInput, InputFile, Manifest
from ml.shards.results import ShardResult, TwinFiles, new_files_folder, result_of, write_result
from perception.versions import versions

# Pairs that are written while the network is busy with the next.
WRITTEN_AHEAD = 16

Perturb = Callable[[NDArray[np.float32]], NDArray[np.float32]]
PerturbedImage = tuple[ImageInput, Pixels, NDArray[np.float32]]


def make_shard(manifest: Manifest, shard: int) -> ShardResult:
    """Make one shard and return what it left; one that is done is not made again.

    The same files come out wherever it is made by the same versions on the same kind of machine. They lie in a folder
    of this attempt's own until the result names them: who reads the result finds all of them.

    Raises
    ------
    MlError
        An input is gone or damaged, or this process has other versions than whoever wrote the manifest.
    OSError
        There is no room for the files; none is left.
    """
    return ShardMaker(manifest).make(shard)


class ShardMaker:
    """Makes shards of one manifest; the networks are loaded for the first that is not done."""

    def __init__(self, manifest: Manifest) -> None:
        """Keep the manifest; nothing is read yet."""
        self._manifest = manifest
        self._perturb: Perturb | None = None

    def make(self, shard: int, *, tell: Callable[[int], None] | None = None) -> ShardResult:
        """Make one shard, as `make_shard` does; `tell` is called with the number of its images that are done."""
        done = result_of(self._manifest, shard)
        if done is not None:
            return done
        began = time.monotonic()
        if self._perturb is None:
            check_versions(self._manifest)
            self._perturb = _load_perturber(self._manifest)
        folder = new_files_folder(self._manifest, shard)
        try:
            twins = []
            for twin in self._twins(shard, self._perturb, folder):
                twins.append(twin)
                if tell is not None:
                    tell(len(twins))
            result = ShardResult(
                shard=shard,
                manifest_sha256=self._manifest.sha256,
                folder=folder.relative_to(self._manifest.folder).as_posix(),
                twins=tuple(twins),
                seconds=time.monotonic() - began,
                machine=platform.node(),
            )
            write_result(self._manifest, result)
        except BaseException:  # stopped, too: another attempt has another folder
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return result

    def _twins(self, shard: int, perturb: Perturb, folder: Path) -> Iterator[TwinFiles]:
        manifest, images = self._manifest, self._manifest.images_of(shard)
        store = partial(_store, folder=folder, strength=_reach(manifest.attack))
        with (
            prefetched(partial(_read_square, manifest), images) as squares,
            prefetched(store, _perturbed(images, squares, perturb, manifest.batch_size), most=WRITTEN_AHEAD) as stored,
        ):
            yield from stored


def check_versions(manifest: Manifest) -> None:
    """Refuse to make shards with other versions than those of whoever wrote the manifest: their bytes may differ.

    Raises
    ------
    MlError
        With what differs, and on which machine.
    """
    here = versions()
    names = sorted(
        name for name in here.keys() | manifest.versions.keys() if here.get(name) != manifest.versions.get(name)
    )
    if names:
        told = ", ".join(f"{name} {here.get(name)}, not {manifest.versions.get(name)}" for name in names)
        raise MlError(
            f"The machine {platform.node()} has other versions than the run was begun with ({told}): install the same "
            "release of this program there, from the same lock."
        )


def as_levels(wanted: NDArray[np.float32], clean: Pixels, *, strength: float | None) -> Pixels:
    """Return as 8-bit images what an attack makes of clean ones, no channel changed by more than `strength` levels.

    Parameters
    ----------
    wanted
        float32 array of the shape of `clean`, values in [0, 1].
    clean
        uint8 array of shape (…, side, side, 3).
    """
    levels = quantise(wanted)
    if strength is None:
        return levels
    # The attack keeps to its strength in floats; rounding could add up to half a level where it is not whole.
    reach = math.floor(strength)
    unperturbed = clean.astype(np.int16)
    kept: Pixels = np.clip(levels, unperturbed - reach, unperturbed + reach).astype(np.uint8)
    return kept


def _load_perturber(manifest: Manifest) -> Perturb:
    if not settings.configured:
        settings.configure(USE_I18N=False)  # what is wrong is said in words, by no project's settings
    from ml.attacks import ATTACKS, AttackOptions
    from ml.options import read_settings

    attack = manifest.attack
    method = ATTACKS[attack.kind]
    weights = _read_weights(manifest, attack.weights, f"the attack {attack.name}")
    return method.perturber(
        weights,
        AttackOptions(
            target=attack.target,
            strength=attack.strength,
            seed=attack.seed,
            settings=read_settings(attack.kind, method.settings, attack.settings),
        ),
        classifier=_load_classifier(manifest),
        source=f"the attack {attack.name}",
    )


def _load_classifier(manifest: Manifest) -> Network | None:
    """Return the network that the attack asks; without one Keras, which takes seconds to start, is not imported."""
    named = f"the classifier {manifest.attack.classifier_name}"
    data = _read_weights(manifest, manifest.attack.classifier, named)
    if not data:
        return None
    from ml.networks.backend import reset_session
    from ml.networks.saved_network import network_from_bytes

    reset_session(0)  # nothing is drawn by it
    network: Network = network_from_bytes(data, source=named)
    return network


def _reach(attack: AttackInput) -> float | None:
    from ml.attacks import ATTACKS

    return attack.strength if ATTACKS[attack.kind].bounded else None


def _read_weights(manifest: Manifest, file: InputFile | None, named: str) -> bytes:
    if file is None:
        return b""
    try:
        return manifest.read(file)
    except (OSError, AlteredInputError) as error:
        raise MlError(
            f"The weights of {named} cannot be read on {platform.node()} ({error}). Every machine that makes shards is "
            f"to see the folder {manifest.folder}."
        ) from error


def _read_square(manifest: Manifest, image: ImageInput) -> Pixels:
    try:
        return to_square(decode(manifest.read(image.file)), manifest.image_size, image.fit)
    # Pillow raises SyntaxError for a broken PNG
    except (OSError, AlteredInputError, ValueError, SyntaxError) as error:
        raise MlError(
            f"The image {image.name} of the dataset {image.dataset} cannot be read on {platform.node()} ({error}). Its "
            f"file is {image.file.path}; restore it, or import the dataset again under another name."
        ) from error


def _perturbed(
    images: Sequence[ImageInput], squares: Iterator[Pixels], perturb: Perturb, batch_size: int
) -> Iterator[PerturbedImage]:
    """Give each image with its clean pixels and what the attack makes of them; the network runs in here."""
    for start in range(0, len(images), batch_size):
        batch = images[start : start + batch_size]
        clean = np.stack(list(islice(squares, len(batch))))
        yield from zip(batch, clean, perturb(clean.astype(np.float32) / np.float32(255)), strict=True)


def _store(perturbed_image: PerturbedImage, *, folder: Path, strength: float | None) -> TwinFiles:
    """Write both twins, and measure the change."""
    image, clean, wanted = perturbed_image
    perturbed = as_levels(wanted, clean, strength=strength)
    twins = encode_twins(clean, perturbed)
    names = f"{image.image_id}-clean.png", f"{image.image_id}-perturbed.png"
    for name, data in zip(names, (twins.clean, twins.perturbed), strict=True):
        (folder / name).write_bytes(data)
    return TwinFiles(image_id=image.image_id, clean_file=names[0], perturbed_file=names[1], **twins.facts)

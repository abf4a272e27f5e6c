"""The manifest of a making of pairs: what its shards need, brought from the database and the storage to its folder."""

import hashlib
import uuid
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from ml.attacks.stored import method_of
from ml.classifiers.weights import read_weights
from ml.errors import MlError
from ml.images.prefetch import prefetched
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.models import Attack, Classifier, Image
from ml.pairs.work_folder import work_folder
from ml.shards.manifest import AttackInput, ImageInput, InputFile, Manifest, write_manifest
from ml.shards.whole_files import write_whole
from perception.versions import versions

INPUTS = "inputs"


def write_pair_manifest(
    attack: Attack,
    images: Sequence[Image],
    *,
    uid: uuid.UUID,
    batch_size: int,
    cut: Sequence[tuple[int, int]],
    left: Sequence[int],
    copies: bool,
) -> Manifest:
    """Write the manifest and bring what it names to where shards find it.

    Parameters
    ----------
    images
        With their datasets selected, in order.
    left
        The shards that are still to be made: the images of others need not be there.
    copies
        Whether images are copied to the folder, where those who make shards see nothing else. Where the storage is no
        disk they are in any case.

    Raises
    ------
    MlError
        A file is gone or damaged; the message names it.
    OSError
        There is no room for the copies.
    """
    folder = work_folder(uid)
    (folder / INPUTS).mkdir(parents=True, exist_ok=True)
    attacked, method = attack.attacked_classifier, method_of(attack)
    input_of = partial(_image_input, in_place=not copies and _is_on_disk(images))
    manifest = Manifest(
        folder=folder,
        attack=AttackInput(
            name=attack.name,
            kind=attack.kind,
            target=attacked.classes.index(attack.target_class),
            strength=attack.strength,
            seed=attack.options.get("seed", 0),
            settings=attack.options.get("settings", {}),
            classifier_name=attacked.name,
            weights=_brought_weights(attack, folder) if method.learns else None,
            classifier=_brought_weights(attacked, folder) if method.asks_classifier else None,
        ),
        images=tuple(map(input_of, images)),
        image_size=attacked.image_size,
        batch_size=batch_size,
        cut=tuple(cut),
        versions=versions(),
    )
    wanted = [image for shard in left for image in images[slice(*cut[shard])]]
    for _ in _brought(wanted, manifest):
        pass
    write_manifest(manifest)
    return manifest


def _is_on_disk(images: Sequence[Image]) -> bool:
    try:
        return all(bool(image.file.path) for image in images[:1])
    except NotImplementedError:
        return False


def _image_input(image: Image, *, in_place: bool) -> ImageInput:
    return ImageInput(
        image_id=image.pk,
        name=image.name,
        dataset=image.dataset.name,
        fit=image.dataset.fit,
        file=InputFile(image.file.path if in_place else f"{INPUTS}/{image.sha256}", image.sha256),
    )


def _brought_weights(made: Attack | Classifier, folder: Path) -> InputFile:
    data = read_weights(made)
    file = InputFile(f"{INPUTS}/{hashlib.sha256(data).hexdigest()}", made.weights_sha256)
    write_whole(folder / file.path, data)
    return file


def _brought(images: Sequence[Image], manifest: Manifest) -> Iterator[None]:
    """Copy the images that the manifest has in its folder and that are not there yet."""
    path_of = {image.image_id: manifest.folder / image.file.path for image in manifest.images}
    missing = [image for image in images if not path_of[image.pk].exists()]
    in_folder = [image for image in missing if manifest.folder in path_of[image.pk].parents]
    with prefetched(lambda image: write_whole(path_of[image.pk], _read(image)), in_folder) as brought:
        yield from brought


def _read(image: Image) -> bytes:
    try:
        return read_unaltered(image.file, image.sha256)
    except (OSError, AlteredFileError) as error:
        raise MlError(
            f"The image {image.name} of the dataset {image.dataset.name} cannot be read ({error}). Its file is "
            f"{image.file.name}; restore it, or import the dataset again under another name."
        ) from error

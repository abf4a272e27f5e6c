"""A manifest of a few images and an attack that adds one change to all of them."""

import dataclasses
import hashlib
import io
from pathlib import Path

import numpy as np

from ml.shards.cut import cut
from ml.shards.manifest import AttackInput, ImageInput, InputFile, Manifest, write_manifest
from perception.versions import versions
from tests.ml.factories import make_image_bytes
from tests.ml.pair_rows import working_network

SIDE = 24
STRENGTH = 8.0


def make_manifest(folder: Path, *, images: int = 10, batch_size: int = 2, shards: int = 3) -> Manifest:
    """Write a manifest with its inputs, all in the folder; return it."""
    (folder / "inputs").mkdir(parents=True)
    change = np.random.default_rng(4).uniform(-STRENGTH, STRENGTH, (1, SIDE, SIDE, 3)).astype(np.float32) / 255
    weights = io.BytesIO()
    np.save(weights, change)
    manifest = Manifest(
        folder=folder,
        attack=AttackInput(
            name="one change",
            kind="universal",
            target=0,
            strength=STRENGTH,
            seed=0,
            settings={},
            classifier_name="none",
            weights=_input(folder, "change.npy", weights.getvalue()),
            classifier=None,
        ),
        images=tuple(
            ImageInput(
                image_id=number,
                name=f"image {number}",
                dataset="moles",
                fit="crop",
                file=_input(folder, f"{number}.png", make_image_bytes(number, form="PNG")),
            )
            for number in range(images)
        ),
        image_size=SIDE,
        batch_size=batch_size,
        cut=tuple(cut(images, batch_size=batch_size, shards=shards)),
        versions=versions(),
    )
    write_manifest(manifest)
    return manifest


def make_pgd_manifest(folder: Path) -> Manifest:
    """Write a manifest of three shards with an attack that asks a small network many times; return it."""
    manifest = make_manifest(folder, images=10, batch_size=4, shards=3)
    attack = dataclasses.replace(
        manifest.attack,
        kind="pgd",
        target=2,
        settings={"steps": 5, "step_size": 0.25, "stop": "never"},
        weights=None,
        classifier=_input(folder, "network.keras", working_network(SIDE, 3)),
    )
    manifest = dataclasses.replace(manifest, attack=attack)
    write_manifest(manifest)
    return manifest


def _input(folder: Path, name: str, data: bytes) -> InputFile:
    (folder / "inputs" / name).write_bytes(data)
    return InputFile(f"inputs/{name}", hashlib.sha256(data).hexdigest())

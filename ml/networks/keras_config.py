"""The description of a network in a Keras file, read without Keras and with bounds; and its zip."""

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from ml.errors import MlError
from ml.networks.hdf5_outline import LARGEST_CONFIG, check_inflation, read_hdf5

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
ZIP_START, HDF5_START = b"PK", b"\x89HDF\r\n\x1a\n"
DEEPEST = 200
"""How deep objects may lie within objects. A network within a network within a network has about 60."""
MOST_PARTS = 10_000
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)

Config: TypeAlias = Mapping[str, Any]
"""How Keras describes a layer or a network, as JSON; no version of it promises what is in it."""


@dataclass(frozen=True, slots=True)
class SavedConfig:
    """What a file says of its network."""

    config: Config
    keras_version: str
    """Of who saved it; empty where it does not say."""
    is_zip: bool
    """Whether it is a `.keras` file, not HDF5."""


def start_of(path: Path) -> bytes:
    """Return a file's first bytes, by which its kind is known."""
    with path.open("rb") as file:
        return file.read(len(HDF5_START))


def read_saved_config(path: Path) -> SavedConfig:
    """Return what a file says of its network.

    Raises
    ------
    MlError
        It is none of Keras' files, holds weights alone, unpacks to far more than it holds, or its description is too
        large or too deep.
    OSError, ValueError, KeyError, NotImplementedError, zipfile.BadZipFile
        It is damaged.
    """
    start = start_of(path)
    if start == HDF5_START:
        outline = read_hdf5(path)
        if outline.config is None:
            raise MlError(
                f"{path} holds weights without their network. Save the whole network: model.save('model.keras')."
            )
        return SavedConfig(parse_config(outline.config, path), outline.keras_version, is_zip=False)
    if not start.startswith(ZIP_START):
        raise MlError(f"{path} is not a Keras file: save the network with model.save('model.keras').")
    with open_parts(path, {CONFIG, WEIGHTS}) as archive:
        text = _bounded(archive, CONFIG, path)
        version = ""
        if METADATA in archive.namelist():
            metadata = parse_config(_bounded(archive, METADATA, path), path)
            version = str(metadata.get("keras_version", ""))[:30]
    return SavedConfig(parse_config(text, path), version, is_zip=True)


def open_parts(path: Path, parts: set[str]) -> zipfile.ZipFile:
    """Open a `.keras` file that has these parts, each as it was saved.

    Raises
    ------
    MlError
        It lacks one, one is damaged, or it unpacks to far more than it holds.
    """
    archive = zipfile.ZipFile(path)
    members = archive.infolist()
    if missing := parts - set(archive.namelist()):
        raise MlError(
            f"{path} is not the file of a whole network: it lacks {', '.join(sorted(missing))}. Save it with "
            "model.save('model.keras')."
        )
    if len(members) > MOST_PARTS:
        raise MlError(f"{path} has {len(members):,} parts; the file of a network has a few.")
    check_inflation(path, sum(member.file_size for member in members), path.stat().st_size)
    if (damaged := archive.testzip()) is not None:
        raise MlError(f"{path} is damaged: its part {damaged[:100]} is not as it was saved. Copy or download it again.")
    return archive


def parse_config(text: str, path: Path) -> Config:
    """Return a description as objects.

    Raises
    ------
    MlError
        It is nested deeper than any network, or no object.
    ValueError
        It is no JSON.
    """
    depth = deepest = 0
    for found in _STRING_OR_BRACKET.finditer(text):
        if (mark := found[0]) in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    if deepest > DEEPEST:
        raise MlError(
            f"{path} describes its network in more than {DEEPEST} levels of objects within objects: it is none."
        )
    config = json.loads(text)
    if not isinstance(config, dict):
        raise MlError(f"{path} is damaged: it does not describe a network.")
    return config


def nodes_of(config: object) -> Iterator[Config]:
    """Yield every object that a description has: layers, networks, initializers."""
    if isinstance(config, dict):
        if isinstance(config.get("class_name"), str):
            yield config
        for value in config.values():
            yield from nodes_of(value)
    elif isinstance(config, list):
        for value in config:
            yield from nodes_of(value)


def _bounded(archive: zipfile.ZipFile, part: str, path: Path) -> str:
    if archive.getinfo(part).file_size > LARGEST_CONFIG:
        raise MlError(f"{path} describes its network in more than {LARGEST_CONFIG // 1024**2} MiB: it is none.")
    return archive.read(part).decode("utf-8")

"""Which images a table means by the names that it writes."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from ml.datasets.readers.files import ArchiveFile
from ml.datasets.readers.verification import ENDINGS
from perception.core.input_files.image_names import normal_name


def name_of(file: ArchiveFile) -> str:
    """Return the name of an image: its path without its ending, if it has one that images have."""
    return str(file.path.with_suffix("")) if file.path.suffix.lower() in ENDINGS else str(file.path)


class NamedImages:
    """Images by every way to write their names: whole paths, the ends of paths, file names; with or without ending."""

    def __init__(self, images: Sequence[ArchiveFile]) -> None:
        """Write down all ways; where one is a whole path, it means no other image."""
        paths: defaultdict[str, list[str]] = defaultdict(list)
        ends: defaultdict[str, list[str]] = defaultdict(list)
        for file in images:
            name = name_of(file)
            _add(paths, str(file.path), name)
            _add(paths, name, name)
            for depth in range(1, len(file.path.parts)):
                end = PurePosixPath(*file.path.parts[depth:])
                _add(ends, str(end), name)
                _add(ends, _without_ending(str(end)), name)
        self._ways: Mapping[str, list[str]] = {**ends, **paths}

    def meant_by(self, text: str) -> list[str]:
        """Return the names of the images that a cell may mean; an ending that differs counts for nothing."""
        key = normal_name(text)
        return self._ways.get(key) or self._ways.get(_without_ending(key), [])


def _add(ways: defaultdict[str, list[str]], text: str, name: str) -> None:
    known = ways[normal_name(text)]
    if name not in known:
        known.append(name)


def _without_ending(text: str) -> str:
    path = PurePosixPath(text)
    return str(path.with_suffix("")) if path.suffix.lower() in ENDINGS else text

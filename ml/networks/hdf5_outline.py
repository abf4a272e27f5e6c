"""What an HDF5 file of Keras says and declares, read by a process of its own with bounds on memory and time.

A file may declare a terabyte of zeros in a kilobyte, or hang the library that reads it. Who reads it here is a child
that may use so much memory and so many seconds and no more; a web process and the worker only hear what it says.

Run as `python -m ml.networks.hdf5_outline FILE`; it prints one JSON object.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ml.errors import MlError

LARGEST_CONFIG = 32 * 1024**2
"""In bytes. That of a DenseNet-201 has half a megabyte."""
MEMORY = 2 * 1024**3
SECONDS = 20
MOST_OBJECTS = 200_000
LARGEST_DECLARED = 4 * 1024**3
MOST_INFLATION = 50
"""By what factor a file's arrays may be larger than the file: Keras packs nothing, others pack twofold."""
ALWAYS_ALLOWED = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class Hdf5Outline:
    """What the file says."""

    config: str | None
    """The network as JSON; None where the file has weights alone."""
    keras_version: str
    """Of who saved it; empty where it does not say."""


def read_hdf5(path: Path) -> Hdf5Outline:
    """Read what an HDF5 file says of its network, and refuse one that declares far more than it holds.

    Raises
    ------
    MlError
        It inflates, is too large to be meant, or cannot be read within the bounds.
    OSError
        It is damaged.
    """
    command = [sys.executable, "-m", __spec__.name, str(path)]
    root = Path(__file__).resolve().parent.parent.parent
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(root)}
    try:
        told = subprocess.run(  # noqa: S603  # this program, on a path that is one argument
            command, capture_output=True, timeout=2 * SECONDS, check=False, env=environment, cwd=root
        )
        said = json.loads(told.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise MlError(
            f"{path} cannot be read within {MEMORY // 1024**3} GiB and {SECONDS} seconds, which is enough for any "
            "network. Copy it again, or save the network anew."
        ) from error
    if "damaged" in said:
        raise OSError(said["damaged"])
    if said["config_bytes"] > LARGEST_CONFIG:
        raise MlError(f"{path} describes its network in more than {LARGEST_CONFIG // 1024**2} MiB: it is none.")
    check_inflation(path, said["declared"], path.stat().st_size)
    return Hdf5Outline(said["config"], said["keras_version"])


def check_inflation(path: Path, declared: int, held: int) -> None:
    """Refuse a file that unpacks to far more than it holds.

    Parameters
    ----------
    path
        For the message.
    declared, held
        In bytes: what it says that it unpacks to, and how large it is.

    Raises
    ------
    MlError
        It does.
    """
    if declared > LARGEST_DECLARED or declared > ALWAYS_ALLOWED + MOST_INFLATION * held:
        raise MlError(
            f"{path} would unpack to {declared / 1024**2:,.0f} MiB from {held / 1024**2:,.1f}; that is no network, and "
            "it is not opened."
        )


def _outline(path: str) -> dict[str, object]:
    import h5py  # type: ignore[import-untyped]

    try:
        with h5py.File(path, "r") as file:
            declared, seen = 0, 0

            def add(name: str, found: object) -> bool | None:
                nonlocal declared, seen
                seen += 1
                if isinstance(found, h5py.Dataset):
                    declared += int(found.nbytes)
                return True if seen > MOST_OBJECTS else None  # anything but None ends the walk

            file.visititems(add)
            config = file.attrs.get("model_config")
            version = file.attrs.get("keras_version", "")
    except OSError as error:
        return {"damaged": str(error)[:300]}
    text = config.decode("utf-8", "replace") if isinstance(config, bytes) else config
    size = len(text) if isinstance(text, str) else 0
    return {
        "config": text if isinstance(text, str) and size <= LARGEST_CONFIG else None,
        "config_bytes": size,
        "keras_version": str(version.decode("utf-8", "replace") if isinstance(version, bytes) else version)[:30],
        "declared": declared if seen <= MOST_OBJECTS else LARGEST_DECLARED + 1,
    }


if __name__ == "__main__":
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.stdout.write(json.dumps(_outline(sys.argv[1])))

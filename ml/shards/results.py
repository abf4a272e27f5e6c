"""What shards leave in the manifest's folder: a folder of files, and the result that says they are all there.

Whether a shard is done is told by its result alone: schedulers may know nothing of it any more, or nothing yet.
"""

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from ml.shards.manifest import Manifest
from ml.shards.whole_files import write_whole


class DamagedResultError(Exception):
    """What a result names is not there, or not as it was written."""


@dataclass(frozen=True, slots=True)
class TwinFiles:
    """One pair: its two files, and how large the change is."""

    image_id: int
    clean_file: str
    """Its name within the result's folder."""
    perturbed_file: str
    clean_sha256: str
    perturbed_sha256: str
    linf: int
    l2: float
    psnr: float | None
    ssim: float


@dataclass(frozen=True, slots=True)
class ShardResult:
    """A finished shard."""

    shard: int
    manifest_sha256: str
    folder: str
    """Where its files lie, within the manifest's folder."""
    twins: tuple[TwinFiles, ...]
    """In the images' order."""
    seconds: float
    """Wall time."""
    machine: str


@dataclass(frozen=True, slots=True)
class ShardFailure:
    """An attempt at a shard that did not come to its end, in words."""

    message: str
    foreseen: bool
    """Whether it would fail the next time too: an input is damaged, a version another."""
    machine: str


def result_of(manifest: Manifest, shard: int) -> ShardResult | None:
    """Return the result of a shard; None if it is not done, or if what lies there is of another manifest."""
    try:
        read = json.loads(_result_path(manifest, shard).read_bytes())
    except FileNotFoundError:
        return None
    if read["manifest_sha256"] != manifest.sha256:
        return None
    return ShardResult(**{**read, "twins": tuple(TwinFiles(**twin) for twin in read["twins"])})


def is_done(manifest: Manifest, shard: int) -> bool:
    """Say whether a result of the shard is there, of whatever manifest: see `forget_stale_results`."""
    return _result_path(manifest, shard).exists()


def forget_stale_results(manifest: Manifest, shards: Iterable[int]) -> None:
    """Remove those shards' results that are of another manifest."""
    for shard in shards:
        if is_done(manifest, shard) and result_of(manifest, shard) is None:
            remove_result(manifest, shard)


def write_result(manifest: Manifest, result: ShardResult) -> None:
    """Say that a shard is done. An earlier failure of it no longer counts."""
    write_whole(_result_path(manifest, result.shard), json.dumps(asdict(result)).encode())
    _failure_path(manifest, result.shard).unlink(missing_ok=True)


def read_twin(manifest: Manifest, result: ShardResult, name: str, sha256: str) -> bytes:
    """Return the bytes of one of a result's files.

    Raises
    ------
    DamagedResultError
        It is gone, or not as it was written.
    """
    path = manifest.folder / result.folder / name
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DamagedResultError(f"{path} cannot be read: {error}") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DamagedResultError(f"{path} is not as it was written")
    return data


def remove_result(manifest: Manifest, shard: int) -> None:
    """Forget a shard: its result first, then all files that attempts at it left."""
    _result_path(manifest, shard).unlink(missing_ok=True)
    _failure_path(manifest, shard).unlink(missing_ok=True)
    for folder in _shards(manifest).glob(f"{_stem(shard)}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def new_files_folder(manifest: Manifest, shard: int) -> Path:
    """Make a folder for the files of one attempt at a shard; no other attempt has it."""
    folder = _shards(manifest) / f"{_stem(shard)}-{secrets.token_hex(8)}"
    folder.mkdir(parents=True)
    return folder


def failure_of(manifest: Manifest, shard: int) -> ShardFailure | None:
    """Return why the last attempt at a shard failed, if it could still say so."""
    try:
        return ShardFailure(**json.loads(_failure_path(manifest, shard).read_bytes()))
    except FileNotFoundError:
        return None


def write_failure(manifest: Manifest, shard: int, failure: ShardFailure) -> None:
    """Say why an attempt failed."""
    _shards(manifest).mkdir(parents=True, exist_ok=True)
    write_whole(_failure_path(manifest, shard), json.dumps(asdict(failure)).encode())


def forget_failure(manifest: Manifest, shard: int) -> None:
    """Forget why the last attempt failed: another begins."""
    _failure_path(manifest, shard).unlink(missing_ok=True)


def _result_path(manifest: Manifest, shard: int) -> Path:
    return _shards(manifest) / f"{_stem(shard)}.json"


def _failure_path(manifest: Manifest, shard: int) -> Path:
    return _shards(manifest) / f"{_stem(shard)}.failed.json"


def _shards(manifest: Manifest) -> Path:
    return manifest.folder / "shards"


def _stem(shard: int) -> str:
    return f"{shard:06d}"

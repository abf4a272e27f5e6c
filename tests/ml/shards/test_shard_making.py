"""One shard: made without Django's settings and without a database, once, whole or not at all."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ml.errors import MlError
from ml.images.pixels import decode, to_square
from ml.shards.job import make_shards
from ml.shards.making import ShardMaker, make_shard
from ml.shards.manifest import Manifest, read_manifest, write_manifest
from ml.shards.results import (
    DamagedResultError,
    ShardResult,
    failure_of,
    read_twin,
    remove_result,
    result_of,
)
from tests.ml.shards.manifests import STRENGTH, make_manifest
from tests.processes import ROOT

pytestmark = pytest.mark.xdist_group("tensorflow")

ALONE = """
import sys
from pathlib import Path
from ml.shards.making import make_shard
from ml.shards.manifest import read_manifest

make_shard(read_manifest(Path(sys.argv[1])), 1)
import os
assert "DJANGO_SETTINGS_MODULE" not in os.environ
loaded = [name for name in sys.modules if name in {"ml.models", "ml.runs", "perception.settings", "sqlite3"}]
assert not loaded, loaded
"""


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    return make_manifest(tmp_path / "work")


def contents(manifest: Manifest, result: ShardResult) -> list[bytes]:
    return [
        read_twin(manifest, result, name, sha256)
        for twin in result.twins
        for name, sha256 in ((twin.clean_file, twin.clean_sha256), (twin.perturbed_file, twin.perturbed_sha256))
    ]


def attempts(manifest: Manifest) -> list[str]:
    return sorted(path.name for path in (manifest.folder / "shards").iterdir() if path.is_dir())


def test_a_shard_holds_the_twins_of_its_images(manifest: Manifest) -> None:
    result = make_shard(manifest, 1)

    assert (
        [twin.image_id for twin in result.twins] == [image.image_id for image in manifest.images_of(1)] == [2, 3, 4, 5]
    )
    files = contents(manifest, result)
    for image, clean, perturbed in zip(manifest.images_of(1), files[::2], files[1::2], strict=True):
        square = to_square(decode(manifest.read(image.file)), manifest.image_size, image.fit)
        np.testing.assert_array_equal(decode(clean), square)
        change = np.abs(decode(perturbed).astype(int) - square)
        assert 0 < change.max() <= STRENGTH
    assert [twin.linf for twin in result.twins] == [
        np.abs(decode(perturbed).astype(int) - decode(clean)).max()
        for clean, perturbed in zip(files[::2], files[1::2], strict=True)
    ]


def test_a_shard_that_is_done_is_not_made_again(manifest: Manifest) -> None:
    first = make_shard(manifest, 0)
    folders = attempts(manifest)
    (manifest.folder / manifest.images[0].file.path).unlink()

    assert make_shard(manifest, 0) == first
    assert attempts(manifest) == folders


def test_made_twice_it_has_the_same_bytes(manifest: Manifest) -> None:
    first = make_shard(manifest, 2)
    before = contents(manifest, first)
    remove_result(manifest, 2)
    assert result_of(manifest, 2) is None
    assert attempts(manifest) == []

    assert contents(manifest, make_shard(manifest, 2)) == before


def test_a_manifest_read_back_is_the_manifest(manifest: Manifest) -> None:
    again = read_manifest(manifest.folder)

    assert again == manifest
    assert again.sha256 == manifest.sha256


def test_a_result_of_another_manifest_is_none_of_this(manifest: Manifest) -> None:
    make_shard(manifest, 0)
    other = dataclasses.replace(manifest, attack=dataclasses.replace(manifest.attack, strength=4.0))

    assert result_of(other, 0) is None
    assert result_of(manifest, 0) is not None


def test_an_attempt_that_is_stopped_leaves_nothing(manifest: Manifest) -> None:
    def stop(images: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ShardMaker(manifest).make(0, tell=stop)

    assert result_of(manifest, 0) is None
    assert attempts(manifest) == []


def test_a_file_that_was_altered_is_not_taken(manifest: Manifest) -> None:
    result = make_shard(manifest, 0)
    path = manifest.folder / result.folder / result.twins[0].perturbed_file
    path.write_bytes(path.read_bytes()[:-1] + b"\0")

    with pytest.raises(DamagedResultError, match="not as it was written"):
        contents(manifest, result)


def test_an_image_that_was_replaced_is_named_and_the_next_attempt_succeeds(
    manifest: Manifest,
) -> None:
    path = manifest.folder / manifest.images[3].file.path
    data = path.read_bytes()
    path.write_bytes(b"another")

    with pytest.raises(MlError, match=r"The image image 3 of the dataset moles cannot be read on .*was replaced"):
        make_shards(str(manifest.folder), [0, 1, 2])

    failure = failure_of(manifest, 1)
    assert failure is not None
    assert (failure.foreseen, "image 3" in failure.message) == (True, True)
    assert (result_of(manifest, 0) is not None, result_of(manifest, 2)) == (True, None)
    path.write_bytes(data)
    make_shards(str(manifest.folder), [1])
    assert failure_of(manifest, 1) is None


def test_other_versions_are_refused(manifest: Manifest) -> None:
    other = dataclasses.replace(manifest, versions={**manifest.versions, "keras": "2.0"})
    write_manifest(other)

    with pytest.raises(MlError, match=r"has other versions .* \(keras .*, not 2\.0\)"):
        make_shard(other, 0)


@pytest.mark.process
def test_a_process_without_settings_and_without_a_database_makes_a_shard(manifest: Manifest, tmp_path: Path) -> None:
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DJANGO_", "PERCEPTION_", "PYTEST_", "DATABASE_"))
    }
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()

    subprocess.run(
        [sys.executable, "-c", ALONE, manifest.folder],
        env={**environment, "PYTHONPATH": str(ROOT)},
        cwd=elsewhere,
        check=True,
        timeout=240,
    )

    assert json.loads((manifest.folder / "shards" / "000001.json").read_bytes())["shard"] == 1
    assert contents(manifest, make_shard(manifest, 1))
    assert list(elsewhere.iterdir()) == []

"""Masks and computed right places in an archive: with them every mark is judged again."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from ml.images.pixels import encode_mask
from studies.design.marked_places.region_checks import region_of
from studies.exports.archive.verification import verify_archive
from studies.models.truth import Truth
from tests.studies.exports.archives import answered_study, archive_bytes, members_in, packed, saved
from tests.studies.masks import corner, make_masked_pair_set

pytestmark = pytest.mark.django_db
SIDE = 12


@pytest.fixture
def members() -> dict[str, bytes]:
    """What the archive of a study holds, all of whose pairs have masks."""
    return members_in(archive_bytes(answered_study(trial_type="marked_place", pair_set=make_masked_pair_set(n=14))))


def problems(members: dict[str, bytes], folder: Path) -> list[str]:
    return verify_archive(saved(packed(members, with_new_manifest=True), folder)).problems


def with_cells(members: dict[str, bytes], column: str, text: str) -> dict[str, bytes]:
    """Return the members with another value in a column of the answers to perturbed images, in both files."""
    reader = csv.DictReader(io.StringIO(members["answers.csv"].decode(), newline=""))
    rows = list(reader)
    objects = json.loads(members["answers.json"])
    for row, answer in zip(rows, objects, strict=True):
        if row["truth"] == "perturbed":
            row[column], answer[column] = text, json.loads(text)
    out = io.StringIO()
    writer = csv.DictWriter(out, reader.fieldnames or [])
    writer.writeheader()
    writer.writerows(rows)
    return members | {"answers.csv": out.getvalue().encode(), "answers.json": json.dumps(objects).encode()}


def test_an_archive_with_masks_agrees_and_says_what_was_checked(members: dict[str, bytes], tmp_path: Path) -> None:
    findings = verify_archive(saved(packed(members, with_new_manifest=True), tmp_path))

    assert findings.agrees, findings.problems
    assert "all 5 right places are those of the protocol, 5 of them by masks" in findings.checked
    assert "every mark in a perturbed image is judged as its right place says" in findings.checked
    names = [name for name in members if name.startswith("masks/")]
    assert len(names) == 5
    assert all(members[name] == encode_mask(corner(SIDE)) for name in names)
    assert "In `masks/` lies" in members["README.md"].decode()
    assert "right-places/" not in members["README.md"].decode()


def test_without_masks_the_right_places_are_those_that_were_computed(tmp_path: Path) -> None:
    study = answered_study(trial_type="marked_place")
    data = archive_bytes(study)

    findings = verify_archive(saved(data, tmp_path))

    assert findings.agrees, findings.problems
    assert "all 5 right places are those of the protocol, 0 of them by masks" in findings.checked
    members = members_in(data)
    assert not any(name.startswith("masks/") for name in members)
    assert "masks/" not in members["README.md"].decode()
    assert "In `right-places/` lies" in members["README.md"].decode()
    for truth in Truth.objects.filter(stimulus__study=study, perturbed=True).select_related("stimulus", "pair"):
        assert members[f"right-places/{truth.stimulus.name}.png"] == encode_mask(region_of(truth.pair).accepted)


def test_a_study_that_asks_for_no_place_has_no_right_places(tmp_path: Path) -> None:
    data = archive_bytes(answered_study(trial_type="yes_no"))

    findings = verify_archive(saved(data, tmp_path))

    assert findings.agrees, findings.problems
    assert not any("right place" in text for text in findings.checked)
    assert not any(name.startswith("right-places/") for name in members_in(data))


def test_a_mark_in_an_image_without_a_mask_is_judged_again(tmp_path: Path) -> None:
    members = members_in(archive_bytes(answered_study(trial_type="marked_place")))
    name = next(name for name in members if name.startswith("right-places/"))

    hits = problems(with_cells(members, "place_hit", "0"), tmp_path) + problems(
        with_cells(members, "place_hit", "1"), tmp_path
    )
    shares = problems(with_cells(members, "place_share", "0.5"), tmp_path)
    other = problems(members | {name: encode_mask(np.ones((12, 12), dtype=bool))}, tmp_path)
    missing = problems({one: data for one, data in members.items() if one != name}, tmp_path)

    assert any("place_hit is " in problem and "by its right place " in problem for problem in hits)
    assert any("place_share is 0.5, by its right place " in problem for problem in shares)
    assert f"{name} is not the right place that the protocol has by this name" in other
    assert f"{name} is a right place of the protocol, and not here" in missing


def test_a_protocol_that_lost_the_hash_of_a_right_place_is_told(tmp_path: Path) -> None:
    members = members_in(archive_bytes(answered_study(trial_type="marked_place")))
    protocol = json.loads(members["protocol.json"])
    del next(entry for entry in protocol["stimuli"] if "right_place_sha256" in entry)["right_place_sha256"]

    found = problems(members | {"protocol.json": json.dumps(protocol).encode()}, tmp_path)

    assert any("5 regions were computed, and has right places of 4 images" in problem for problem in found)


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        ("place_hit", "0", "place_hit is "),
        ("place_share", "0.5", "place_share is 0.5, by its right place 0.0625"),
        ("place_x", "12", "lies outside the image"),
        ("place_x", "7", "place_hit is "),
    ],
)
def test_a_mark_that_is_judged_otherwise_is_told(
    members: dict[str, bytes], tmp_path: Path, column: str, text: str, told: str
) -> None:
    found = problems(with_cells(members, column, text), tmp_path)

    assert any(told in problem for problem in found), found


def test_a_mask_that_is_another_is_told(members: dict[str, bytes], tmp_path: Path) -> None:
    name = next(name for name in members if name.startswith("masks/"))

    for data in (encode_mask(corner(SIDE, 4)), encode_mask(np.ones((3, 3), dtype=bool)), b"no image"):
        found = problems(members | {name: data}, tmp_path)
        assert f"{name} is not the mask that the protocol has by this name" in found


def test_a_mask_that_is_missing_or_too_much_is_told(members: dict[str, bytes], tmp_path: Path) -> None:
    name = next(name for name in members if name.startswith("masks/"))
    moved = {("masks/S99.png" if one == name else one): data for one, data in members.items()}

    found = problems(moved, tmp_path)

    assert "masks/S99.png is no mask of the protocol" in found
    assert f"{name} is a mask of the protocol, and not here" in found


def test_a_count_that_is_another_is_told(members: dict[str, bytes], tmp_path: Path) -> None:
    protocol = json.loads(members["protocol.json"])
    protocol["marked_place"]["regions_from_masks"] = 3
    found = problems(members | {"protocol.json": json.dumps(protocol).encode()}, tmp_path)

    assert any("3 of 5 regions are masks, and has 5 masks of 5 perturbed images" in problem for problem in found)


def test_a_protocol_of_before_there_were_masks_is_read(members: dict[str, bytes], tmp_path: Path) -> None:
    protocol = json.loads(members["protocol.json"])
    del protocol["marked_place"]["regions_from_masks"], protocol["marked_place"]["regions"]
    found = problems(members | {"protocol.json": json.dumps(protocol).encode()}, tmp_path)

    assert all("has the hash" in problem for problem in found), "nothing but the protocol's own hash is another"

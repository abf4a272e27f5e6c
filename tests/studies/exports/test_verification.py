"""`verify_archive`: what is whole agrees, whatever is changed is noticed, and nothing bad crashes it.

But for the tests that make studies none has the database: it is blocked.
"""

import io
import json
import re
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studies.exports.archive.errors import ArchiveError
from studies.exports.archive.findings_text import findings_text
from studies.exports.archive.layout import MANIFEST
from studies.exports.archive.verification import verify_archive
from tests.studies.exports.archives import answered_study, archive_bytes, members_in, packed, saved
from tests.studies.factories import make_pair_set, make_pair_set_of_attack, make_pair_set_of_strength

pytestmark = pytest.mark.thorough

# The folder of a test is written anew by each example.
same_folder = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


def verify(path: Path, *options: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("verify_archive", str(path), *options, stdout=out)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("trial_type", "observers"),
    [
        *(("yes_no", 0), ("yes_no", 1), ("two_afc", 3), ("same_different", 3), ("rating", 3)),
        *(("degradation", 3), ("flicker", 3)),
    ],
)
def test_the_archive_of_any_study_agrees(trial_type: str, observers: int, tmp_path: Path) -> None:
    study = answered_study(trial_type=trial_type, observers=observers)

    findings = verify_archive(saved(archive_bytes(study), tmp_path))

    assert findings.agrees, findings_text(findings, brief=True)


@pytest.mark.django_db
def test_several_sets_of_images_agree(tmp_path: Path) -> None:
    pair_set = make_pair_set(n=20, size=4)
    study = answered_study(n_subsets=2, observers=3, pair_set=pair_set, title="=1+1 | “quoted”, 'and'\\ more")

    findings = verify_archive(saved(archive_bytes(study), tmp_path))

    assert findings.agrees, findings_text(findings, brief=True)


@pytest.mark.django_db
@pytest.mark.parametrize("trial_type", ["yes_no_confidence", "two_afc"])
def test_groups_of_observers_and_their_differences_are_computed_again(trial_type: str, tmp_path: Path) -> None:
    study = answered_study(trial_type=trial_type, observers=6, groups="dermatologists\ngeneral practitioners")

    findings = verify_archive(saved(archive_bytes(study), tmp_path))

    assert findings.agrees, findings_text(findings, brief=True)
    assert any(figure.name.startswith("observer_groups.") for figure in findings.figures)


@pytest.mark.django_db
def test_several_strengths_and_their_curve_agree(tmp_path: Path) -> None:
    pair_set = make_pair_set(n=20, size=4)
    stronger = [make_pair_set_of_strength(pair_set, strength) for strength in (16, 9)]
    study = answered_study(observers=3, pair_set=pair_set, further_pair_sets=stronger)

    findings = verify_archive(saved(archive_bytes(study), tmp_path))

    assert findings.agrees, findings_text(findings, brief=True)
    names = {figure.name for figure in findings.figures}
    assert "study.strengths" in names
    assert any(name.startswith("psychometric.") for name in names)


@pytest.mark.django_db
def test_several_attacks_and_their_comparison_agree(tmp_path: Path) -> None:
    pair_set = make_pair_set(n=20, size=4)
    study = answered_study(
        pair_set=pair_set,
        further_pair_sets=[
            make_pair_set_of_attack(pair_set, "fgsm"),
            make_pair_set_of_strength(pair_set, 16),
            control := make_pair_set_of_attack(pair_set, "one_pixel"),
        ],
        compares_attacks=True,
        control_pair_set=control,
        n_catch=1,
        catch_pair_set=make_pair_set_of_attack(pair_set, "pgd", strength=40),
    )
    data = archive_bytes(study)

    findings = verify_archive(saved(data, tmp_path))

    assert findings.agrees, findings_text(findings, brief=True)
    names = {figure.name for figure in findings.figures}
    assert any(name.startswith("arms.FGSM.equivalence.") for name in names)
    assert any(name.startswith("two_arms[0].figures.sensitivity") for name in names)
    assert any(name.startswith("positive_control.noticed_beyond_chance") for name in names)
    members = members_in(data)
    members["answers.csv"] = members["answers.csv"].replace(b"FGSM", b"Generator")
    code, text = verify(saved(packed(members, with_new_manifest=True), tmp_path))
    assert code != 0
    assert "attack is 'Generator', by the protocol 'FGSM'" in text


def test_everything_is_checked_and_each_figure_is_named(archive_data: bytes, tmp_path: Path) -> None:
    status, text = verify(saved(archive_data, tmp_path))

    assert status == 0, text
    assert "every figure follows from its answers" in text
    assert len(re.findall(r"^  right: ", text, re.MULTILINE)) == 6
    for name in (
        "pooled.sensitivity",
        "roc",
        "catch_trials",
        "without_exclusions.pooled",
        "exclusions",
        "study.margin",
    ):
        assert f"  agrees   {name}" in text
    assert "DIFFERS" not in text


def test_an_archive_of_a_version_without_metadata_still_agrees(archive_data: bytes, tmp_path: Path) -> None:
    members = members_in(archive_data)
    del members["ro-crate-metadata.json"]

    code, text = verify(saved(packed(members, with_new_manifest=True), tmp_path))

    assert code == 0, text


@same_folder
@given(data=st.data())
def test_one_flipped_bit_anywhere_is_noticed(archive_data: bytes, tmp_path: Path, data: st.DataObject) -> None:
    with zipfile.ZipFile(io.BytesIO(archive_data)) as archive:
        heads = [info.header_offset for info in archive.infolist()]
        # In a header, at the beginning of a member, in the list at the end, or anywhere.
        places = st.one_of(
            st.sampled_from(heads).flatmap(lambda head: st.integers(head, head + 80)),
            st.integers(archive.start_dir, len(archive_data) - 1),
            st.integers(0, len(archive_data) - 1),
        )
    place, bit = data.draw(places), data.draw(st.integers(0, 7))
    changed = bytearray(archive_data)
    changed[place] ^= 1 << bit

    try:
        agrees = verify_archive(saved(bytes(changed), tmp_path)).agrees
    except ArchiveError:
        agrees = False

    assert not agrees, f"bit {bit} of byte {place}"


@same_folder
@given(data=st.data())
def test_a_cut_or_lengthened_file_is_noticed(archive_data: bytes, tmp_path: Path, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(archive_data) - 1))
    changed = data.draw(
        st.sampled_from([archive_data[:at], archive_data + b"x", b"x" + archive_data, archive_data[at:] + b"\0"])
    )

    try:
        agrees = verify_archive(saved(changed, tmp_path)).agrees
    except ArchiveError:
        agrees = False

    assert not agrees


def one_answer_changed(members: dict[str, bytes], *names: str) -> tuple[dict[str, bytes], str]:
    """Turn the first analysed answer over, in the CSV, in the JSON, or in both; return who gave it."""
    answers = json.loads(members["answers.json"])
    first = next(answer for answer in answers if answer["role"] == "series" and answer["left_out"] is None)
    line = answers.index(first) + 1
    said = first["response"]
    first["response"] = other = "clean" if said == "perturbed" else "perturbed"
    changed = dict(members)
    if "answers.json" in names:
        changed["answers.json"] = json.dumps(answers).encode()
    if "answers.csv" in names:
        lines = members["answers.csv"].decode().split("\r\n")
        cells = lines[line].split(",")
        cells[3] = other
        lines[line] = ",".join(cells)
        changed["answers.csv"] = "\r\n".join(lines).encode()
    return changed, f"{first['observer']}, trial {first['position']}, item {first['item']}"


def test_one_changed_answer_is_told_with_its_figures(archive_data: bytes, tmp_path: Path) -> None:
    changed, place = one_answer_changed(members_in(archive_data), "answers.csv")

    status, text = verify(saved(packed(changed, with_new_manifest=False), tmp_path))

    assert status == 1
    assert "WRONG: answers.csv was changed: " in text
    assert f"WRONG: {place}: response is " in text
    assert re.search(r"DIFFERS  observers\..*counts\.(tp|tn|fn|fp): reported \d+, now \d+", text)
    assert re.search(r"DIFFERS  pooled\.s\w+ \(estimate, low, high\): reported [\d.]+, .*, now [\d.]+, ", text)
    assert "agrees   study.title" in text


@pytest.mark.parametrize("names", [["answers.csv"], ["answers.json"], ["answers.csv", "answers.json"]])
def test_a_changed_answer_is_told_though_all_hashes_were_made_anew(
    archive_data: bytes, tmp_path: Path, names: list[str]
) -> None:
    changed, place = one_answer_changed(members_in(archive_data), *names)

    status, text = verify(saved(packed(changed, with_new_manifest=True), tmp_path), "--brief")

    assert status == 1
    assert "was changed" not in text
    assert (f"WRONG: {place}: response is " in text) == (len(names) == 1)
    assert ("DIFFERS" in text) == ("answers.csv" in names)
    assert "  agrees   " not in text


def test_a_changed_figure_truth_protocol_or_image_is_told(archive_data: bytes, tmp_path: Path) -> None:
    members = members_in(archive_data)
    figures = json.loads(members["figures.json"])
    figures["pooled"]["sensitivity"]["low"] += 2e-6
    protocol = json.loads(members["protocol.json"])
    protocol["title"] = "Another"
    first = next(name for name in members if name.startswith("stimuli/"))
    lines = members["answers.csv"].decode().split("\r\n")
    told = lines[1].split(",")
    told[2] = "clean" if told[2] == "perturbed" else "perturbed"
    for name, content, message in (
        ("figures.json", json.dumps(figures), r"DIFFERS  pooled\.sensitivity \(low\)"),
        ("protocol.json", json.dumps(protocol), r"WRONG: protocol\.json has the hash"),
        (
            "answers.csv",
            "\r\n".join([lines[0], ",".join(told), *lines[2:]]),
            r"WRONG: .*: truth is '\w+', by the protocol",
        ),
        (first, "another image", rf"WRONG: {first} is not the image that the protocol has"),
    ):
        changed = packed({**members, name: content.encode()}, with_new_manifest=True)
        status, text = verify(saved(changed, tmp_path))
        assert status == 1
        assert re.search(message, text), (name, text[:3000])


def test_missing_and_additional_members_are_named(archive_data: bytes, tmp_path: Path) -> None:
    members = members_in(archive_data)
    image = next(name for name in members if name.startswith("stimuli/"))
    without = {name: content for name, content in members.items() if name not in {image, "answers.json"}}

    status, text = verify(saved(packed({**without, "extra.txt": b"x"}, with_new_manifest=False), tmp_path))

    assert status == 1
    assert f"WRONG: {image} is missing; the manifest has it" in text
    assert "WRONG: answers.json is missing" in text
    assert "WRONG: extra.txt is not in the manifest" in text
    assert "Without answers.json no figure can be computed again" in text


def test_an_archive_that_another_program_packed_anew_is_told_as_such(archive_data: bytes, tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as again:
        for name, content in members_in(archive_data).items():
            again.writestr(name, content)

    status, text = verify(saved(out.getvalue(), tmp_path), "--brief")

    assert status == 1
    assert text.count("WRONG") == 1
    assert "it was packed anew" in text


def zipped(*members: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression=compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def lying_about_lengths() -> bytes:
    """A zip whose list of members says that the one it has is a gigabyte long."""
    data = bytearray(zipped((MANIFEST, b"{}")))
    at = data.rindex(b"PK\x01\x02")
    data[at + 20 : at + 28] = (2**30).to_bytes(4, "little") * 2
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(zipped((MANIFEST, b"{}")))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not a zip file"),
        (b"PK\x03\x04 and then nothing", "not a zip file"),
        (zipped(), "no manifest.json"),
        (zipped(("../../etc/passwd", b"x")), "'../../etc/passwd' is no name for a member"),
        (zipped(("/etc/passwd", b"x")), "'/etc/passwd' is no name for a member"),
        (zipped(("a\\b", b"x")), "is no name for a member"),
        (zipped(("a/", b"")), "'a/' is no name for a member"),
        (zipped(("C:evil", b"")), "is no name for a member"),
        (zipped((MANIFEST, b"0" * 10_000_000), compression=zipfile.ZIP_DEFLATED), "manifest.json is compressed"),
        (lying_about_lengths(), "hold 1,073,741,824 bytes, in a file of"),
        (encrypted(), "manifest.json is encrypted"),
        (zipped((MANIFEST, b"{}")), "does not say that this is a perception study archive"),
        (zipped((MANIFEST, b"\xff")), "manifest.json is not readable as JSON"),
        (zipped((MANIFEST, DEEP)), "manifest.json is not readable as JSON: it is nested too deeply"),
        (zipped((MANIFEST, b'{"format": "perception study archive", "version": 99}')), "archive of version 99"),
        (
            zipped((MANIFEST, b'{"format": "perception study archive", "version": 1, "files": [1]}')),
            "does not list the members",
        ),
        (
            zipped((MANIFEST, b'{"format": "perception study archive", "version": 1, "files": {}}')),
            "manifest.json was changed",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_archive_is_refused_in_words(data: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=re.escape(message)):
        verify(saved(data, tmp_path))


def test_a_member_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped((MANIFEST, b"{}"), (MANIFEST, b"{}"))
    with pytest.raises(CommandError, match=r"manifest\.json is there twice"):
        verify(saved(data, tmp_path))


def test_a_protocol_that_no_study_can_have_is_told(archive_data: bytes, tmp_path: Path) -> None:
    members = members_in(archive_data)
    protocol = json.loads(members["protocol.json"]) | {"groups": "dermatologists"}
    changed = packed({**members, "protocol.json": json.dumps(protocol).encode()}, with_new_manifest=True)

    code, text = verify(saved(changed, tmp_path))

    assert code == 1
    assert "One group alone is no group" in text


@pytest.mark.parametrize(("name", "message"), [("nowhere.zip", "No such file"), (".", "Is a directory")])
def test_a_file_that_cannot_be_read_is_told(name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=message):
        verify(tmp_path / name)


# Nested by hand, and drawn before the archive is looked at: what is drawn must not hang on anything else, or the same
# example, tried again, may draw other data.
flat = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
nested = flat | st.lists(flat, max_size=3) | st.dictionaries(st.text(max_size=5), flat, max_size=3)
anything = flat | st.lists(nested, max_size=3) | st.dictionaries(st.text(max_size=5), nested, max_size=3)
way = st.lists(st.integers(0, 40), max_size=5)


def put(value: Any, way: Sequence[int], thing: object) -> object:
    """Return a JSON value with `thing` in one place, so that the rest is read; for all of it, where there is no way."""
    place = value[0] if isinstance(value, list) else value
    keys = [sorted(place)[way[0] % len(place)]] if way and isinstance(place, dict) and place else []
    if not keys:
        return thing
    for number in way[1:]:
        inner = place[keys[-1]]
        if not isinstance(inner, dict) or not inner:
            break
        place = inner
        keys.append(sorted(place)[number % len(place)])
    place[keys[-1]] = thing
    return value


@same_folder
@given(
    name=st.sampled_from(["protocol.json", "answers.json", "figures.json", "answers.csv"]),
    way=way,
    thing=anything,
    cells=st.binary(max_size=60) | st.sampled_from(["cut off", "twice"]),
)
def test_whatever_stands_in_a_member_is_told_and_never_crashes(
    archive_data: bytes, tmp_path: Path, name: str, way: list[int], thing: object, cells: bytes | str
) -> None:
    members = members_in(archive_data)
    if name == "answers.csv":
        whole = members[name]
        content = cells if isinstance(cells, bytes) else {"cut off": whole[:900], "twice": whole * 2}[cells]
    else:
        content = json.dumps(put(json.loads(members[name]), way, thing)).encode()
    changed = packed({**members, name: content}, with_new_manifest=True)

    findings = verify_archive(saved(changed, tmp_path))

    assert findings_text(findings)
    if content != members[name] and name != "protocol.json":
        same = name != "answers.csv" and json.loads(content) == json.loads(members[name])
        assert same or not findings.agrees or name == "figures.json"

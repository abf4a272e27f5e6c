"""Archives of earlier versions verify by the rules that their reports name."""

import json
from pathlib import Path
from typing import Any

import pytest

from studies.exports.archive.findings_text import findings_text
from studies.exports.archive.verification import verify_archive
from tests.studies.exports.archives import members_in, packed, saved

LISTS = ("most_noticed", "least_noticed", "false_alarms")


def by_share(items: dict[str, Any]) -> dict[str, Any]:
    """Return the images as version 0.2.0 ranked them: by their shares as they are."""
    plain = [{name: value for name, value in item.items() if name != "shrunken"} for item in items["all"]]
    judged = [item for item in plain if item["n"]]
    perturbed = sorted(
        (item for item in judged if item["perturbed"]), key=lambda item: (-item["share"], -item["n"], item["item"])
    )
    most = perturbed[: min(10, (len(perturbed) + 1) // 2)]
    least = sorted(perturbed[len(most) :], key=lambda item: (item["share"], -item["n"], item["item"]))
    alarms = sorted(
        (item for item in judged if not item["perturbed"] and item["k"]),
        key=lambda item: (-item["share"], -item["n"], item["item"]),
    )
    return {"all": plain, "most_noticed": most, "least_noticed": least[:10], "false_alarms": alarms[:10]}


@pytest.mark.django_db
def test_images_ranked_by_their_shares_as_they_are(archive_data: bytes, tmp_path: Path) -> None:
    members = members_in(archive_data)
    figures = json.loads(members["figures.json"])
    assert "method" in figures["items"], "equally many observers judged each image: nothing is tried"
    for part in (figures, figures["without_exclusions"]):
        part["items"] = by_share(part["items"])
    earlier = packed(members | {"figures.json": json.dumps(figures).encode()}, with_new_manifest=True)

    findings = verify_archive(saved(earlier, tmp_path))

    assert findings.agrees, findings_text(findings, brief=True)
    figures["items"]["most_noticed"].reverse()
    turned = packed(members | {"figures.json": json.dumps(figures).encode()}, with_new_manifest=True)
    assert not verify_archive(saved(turned, tmp_path)).agrees

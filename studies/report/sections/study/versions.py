"""Versions and seeds: what it takes to compute the report again."""

from collections.abc import Mapping
from typing import Any

from ml.models.pair_set import PairSet
from studies.randomization import DRAWING_VERSION
from studies.report.build import Report
from studies.report.sections.elements import LabelledText, Section
from studies.report.versions import report_versions


def versions_section(report: Report) -> Section:
    """Return every seed, and the versions of what computed the figures and of what made the images."""
    study = report.study
    pair_set = study.pair_set
    protocol = study.protocol or {}
    drawing = protocol.get("randomization", {}).get("drawing_version", DRAWING_VERSION)
    facts = [
        LabelledText(
            "Seed of the study", str(study.seed), f"images and orders follow from it; drawing, version {drawing}"
        ),
        *_made_by_this_or_another(pair_set),
        LabelledText("Report computed with", _listed(report_versions())),
        LabelledText(
            "Protocol", f"SHA-256 {study.protocol_sha256}", f"layout {protocol.get('protocol_version', 'unknown')}"
        ),
    ]
    return Section(key="versions", title="Versions and seeds", facts=tuple(facts))


def _made_by_this_or_another(pair_set: PairSet) -> list[LabelledText]:
    if not pair_set.attack.is_elsewhere:
        return [*_made("attack", pair_set.attack.provenance), *_made("image pairs", pair_set.provenance)]
    versions = _listed(pair_set.provenance.get("versions", {})) or "versions not recorded"
    return [LabelledText("Image pairs made by", pair_set.attack.made_by, f"elsewhere; brought in with {versions}")]


def _made(what: str, provenance: Mapping[str, Any]) -> list[LabelledText]:
    if not provenance:
        return [LabelledText(f"Making of the {what}", "not recorded")]
    seed = provenance.get("seed")
    versions = _listed(provenance.get("versions", {})) or "versions not recorded"
    return [LabelledText(f"Seed of the {what}", "not recorded" if seed is None else str(seed), f"made with {versions}")]


def _listed(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())

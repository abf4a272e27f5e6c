"""The protocol of a study: what is fixed when it opens, as one JSON document with a hash."""

import hashlib
import json
from typing import Any

from studies.drawing import DRAWING_VERSION
from studies.models.study import Study


def write_protocol(study: Study, *, stimuli: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the protocol of a study that is about to open.

    Parameters
    ----------
    study
        The study, with its fields as they will stay.
    stimuli
        For each stimulus its name, the SHA-256 of its file, the image it shows and whether it is perturbed.
    """
    attack = study.pair_set.attack
    return {
        "protocol_version": 1,
        "study": str(study.uid),
        "title": study.title,
        "trial_type": "yes/no: one image, perturbed or clean",
        "question": study.question,
        "instructions": study.instructions,
        "consent_text": study.consent_text,
        "images": {
            "pair_set": study.pair_set.name,
            "dataset": study.pair_set.dataset.name,
            "synthetic": study.pair_set.dataset.is_synthetic,
            "split": study.pair_set.split,
            "side_pixels": study.pair_set.image_size,
            "n_perturbed": study.n_perturbed,
            "n_clean": study.n_clean,
            "one_lesion_once": study.one_lesion_once,
        },
        "attack": {
            "name": attack.name,
            "kind": attack.kind,
            "target_class": attack.target_class,
            "strength_levels": study.pair_set.strength,
            "classifier": attack.classifier.name,
        },
        "display": {"screen_pixels_per_image_pixel": study.scale, "unfit_window": study.display_rule},
        "randomization": {"seed": study.seed, "drawing_version": DRAWING_VERSION},
        "analysis": {
            "included": "sessions that were finished; a withdrawn session's answers are deleted",
            "pooled_interval": "clustered by image; with three or more observers also images and observers random",
            "level": 0.95,
        },
        "stimuli": stimuli,
    }


def protocol_hash(protocol: dict[str, Any]) -> str:
    """Return the SHA-256 of the protocol as JSON with sorted keys, no spaces, UTF-8."""
    text = json.dumps(protocol, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()

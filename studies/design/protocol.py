"""The protocol of a study: what is fixed when it opens, as one JSON document with a hash."""

import hashlib
import json
from typing import Any

from studies.models.study import Study
from studies.randomization import DRAWING_VERSION


def write_protocol(study: Study, *, stimuli: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the protocol of a study that is about to open.

    Parameters
    ----------
    study
        The study, with its fields as they will stay.
    stimuli
        For each stimulus its name, the SHA-256 of its file, the image it shows, whether it is perturbed, what it is
        there for (`series`, `catch`, `practice`, `example`), its set of images, and the strength of the change.
    """
    attack = study.pair_set.attack
    catch = study.catch_pair_set if study.n_catch else None
    return {
        "protocol_version": 3,
        "study": str(study.uid),
        "title": study.title,
        "title_fr": study.title_fr,
        "trial_type": study.trial_type,
        "trial_type_explained": study.trials.explained,
        "question": study.question,
        "question_fr": study.question_fr,
        "asks_diagnosis": study.asks_diagnosis,
        "instructions": study.instructions,
        "instructions_fr": study.instructions_fr,
        "consent_text": study.consent_text,
        "consent_text_fr": study.consent_text_fr,
        "questionnaire": study.questionnaire,
        "questionnaire_fr": study.questionnaire_fr,
        "asks_comments": study.asks_comments,
        "shows_score": study.shows_score,
        "images": {
            "pair_set": study.pair_set.name,
            "dataset": study.pair_set.dataset.name,
            "synthetic": study.pair_set.dataset.is_synthetic,
            "split": study.pair_set.split,
            "side_pixels": study.pair_set.image_size,
            "n_perturbed": study.n_perturbed,
            "n_clean": study.n_clean,
            "one_lesion_once": study.one_lesion_once,
            "n_subsets": study.n_subsets,
            "prevalence": study.prevalence,
        },
        "practice": {"n": study.n_practice, "feedback": True},
        "catch": {
            "n": study.n_catch,
            "pair_set": catch.name if catch else None,
            "strength_levels": catch.strength if catch else None,
        },
        "attack": {
            "name": attack.name,
            "kind": attack.kind,
            "target_class": attack.target_class,
            "strength_levels": study.pair_set.strength,
            "further_strengths": [
                {"pair_set": pair_set.name, "attack": pair_set.attack.name, "strength_levels": pair_set.strength}
                for pair_set in study.strengths
                if pair_set.pk != study.pair_set_id
            ],
            "classifier": attack.classifier.name,
        },
        "display": {
            "screen_pixels_per_image_pixel": study.scale,
            "unfit_window": study.display_rule,
            "image_ms": study.display_ms,
            "fixation_ms": study.fixation_ms,
            "pause_ms": study.pause_ms,
            "break_every_trials": study.break_every,
            "asks_calibration": study.asks_calibration,
        },
        "randomization": {
            "seed": study.seed,
            "drawing_version": DRAWING_VERSION,
            "longest_run": study.longest_run,
            "lesions_apart": True,
        },
        "analysis": {
            "included": (
                "the series of sessions that were finished, without practice and catch trials; a withdrawn session's "
                "answers are deleted"
            ),
            "pooled_interval": "clustered by image; with three or more observers also images and observers random",
            "level": 0.95,
            "margin_of_equivalence": study.margin,
            "exclusions": {
                "catch_trials_seen_at_least_percent": study.catch_at_least,
                "response_time_at_least_ms": study.rt_at_least_ms,
                "answers_to_partly_shown_images": study.leaves_out_partly_shown,
            },
        },
        "stimuli": stimuli,
    }


def protocol_text(protocol: dict[str, Any]) -> str:
    """Return the protocol as it is hashed: JSON with sorted keys, no spaces."""
    return json.dumps(protocol, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def protocol_hash(protocol: dict[str, Any]) -> str:
    """Return the SHA-256 of the protocol as JSON with sorted keys, no spaces, UTF-8."""
    return hashlib.sha256(protocol_text(protocol).encode()).hexdigest()

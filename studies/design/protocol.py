"""The protocol of a study: what is fixed when it opens, as one JSON document with a hash."""

import hashlib
import json
from collections.abc import Sequence

from ml.images.change_region import (
    ACCEPTANCE_RADIUS,
    BLUR,
    ENERGY_SHARE,
    LARGEST_ACCEPTED_SHARE,
    LARGEST_LOCAL_SHARE,
)
from ml.models.visibility import Visibility
from perception.analysis.degradation.grade_scale import HIGHEST, IMPERCEPTIBLE_FROM
from perception.analysis.degradation.screening import RULE
from perception.analysis.detection.verdict_rule import D_PRIME
from perception.analysis.json_values import JsonObject
from perception.core.json_checks import json_object
from perception.core.languages import in_english
from studies.design.flash_checks import flash_tally
from studies.design.marked_places.place_truth import MASK_SHA256
from studies.design.marked_places.region_checks import region_tally
from studies.design.options import STUDY_OPTIONS
from studies.design.visible_pairs import without_control
from studies.models.pair_sets.attack_arms import ARMS, COMPARED_BY, AttackArm, arms_for_protocol, figure_of_comparison
from studies.models.study import Study
from studies.models.verdict_rule import ENTRY
from studies.randomization import DRAWING_VERSION, least_distance
from studies.trial_types.flicker import LEFT_OUT, STOPPED_ANSWERS

REGIONS, FROM_MASKS = "regions", "regions_from_masks"
"""Of a study that asks for a place: how many images are perturbed, and of how many of these a mask is the truth."""


@in_english()
def write_protocol(study: Study, *, stimuli: list[JsonObject]) -> JsonObject:
    """Return the protocol of a study that is about to open: its options, each at its path, and what they rest on.

    Parameters
    ----------
    study
        The study, with its fields as they will stay.
    stimuli
        For each stimulus its name, the SHA-256 of its file, the image it shows, whether it is perturbed, what it is
        there for (`series`, `catch`, `practice`, `example`), its set of images, and the strength of the change; in a
        study of several attacks also which of them perturbed it; where a place is asked for, what fixes
        which is right (`place_truths`).

    Returns
    -------
    The document, with its keys in the order in which it is hashed.
    """
    attack, dataset = study.pair_set.attack, study.pair_set.dataset
    catch = study.catch_pair_set if study.n_catch else None
    protocol: JsonObject = {
        "protocol_version": 6,
        "study": str(study.uid),
        "trial_type_explained": study.trials.explained,
        "images": {
            "dataset": dataset.name,
            "synthetic": dataset.is_synthetic,
            "split": study.pair_set.split,
            "side_pixels": study.pair_set.image_size,
        },
        "practice": {"feedback": True},
        "catch": {"strength_levels": catch.strength if catch else None},
        "attack": {
            "name": attack.name,
            "kind": attack.kind,
            "target_class": attack.target_class,
            "strength_levels": study.pair_set.strength,
            "classifier": attack.against,
            **({"made_by": attack.made_by, "reference": attack.reference} if attack.is_elsewhere else {}),
        },
        "randomization": {"drawing_version": DRAWING_VERSION, "lesions_apart": True},
        "analysis": {
            "included": (
                "the series of sessions that were finished, and neither rejected nor given back to a recruiter, "
                "without practice and catch trials; a withdrawn session's answers are deleted"
            ),
            "pooled_interval": "clustered by image; with three or more observers also images and observers random",
            "level": 0.95,
            ENTRY: D_PRIME,
            "families_of_tests": "one verdict for each strength, p-values adjusted after Holm over the strengths",
        },
        "stimuli": [*stimuli],
    }
    if study.trials.grades:
        _add_grades(protocol)
    if study.plan is not None:
        protocol["plan"] = study.plan
    if study.visibility_measure:
        _add_viewing(protocol, study)
    if study.n_repeated:
        _add_repeats(protocol, study)
    if study.flickers:
        protocol["flicker"] = _flicker(study)
    if study.trials.marks_place:
        protocol["marked_place"] = _marked_place(study, stimuli)
    if arms := study.attack_arms:
        _add_attacks(protocol, study, arms)
    for option in STUDY_OPTIONS:
        entry = option.protocol
        if entry is not None and (entry.applies is None or entry.applies(study)):
            entry.write(protocol, option.protocol_value(study))
    in_order: JsonObject = json.loads(protocol_text(protocol))
    return in_order


def _add_viewing(protocol: JsonObject, study: Study) -> None:
    """Add how the visibility by which images are chosen was measured, and of which attack it is not asked.

    It may be measured anew later, at another distance or by another version: what is stored then did not choose them.
    """
    sets = without_control(study, study.strengths)
    measured = Visibility.objects.filter(pair_set__in=sets).order_by("pair_set__name").select_related("pair_set")
    chosen: JsonObject = {
        "pixels_per_degree": {one.pair_set.name: one.pixels_per_degree for one in measured},
        "versions": {one.pair_set.name: one.versions for one in measured},
    }
    if study.control_name:
        chosen["not_asked_of"] = study.control_name
    json_object(protocol["images"])["visibility"] = chosen


def _add_grades(protocol: JsonObject) -> None:
    """Add what is computed of grades, and from which mean on a change is called imperceptible."""
    json_object(protocol["analysis"])["grades"] = {
        "mean": "of perturbed test images (DMOS), of hidden references, and their difference",
        "imperceptible_from": IMPERCEPTIBLE_FROM,
        "different_below": HIGHEST,
        "screening": RULE,
    }


def _add_repeats(protocol: JsonObject, study: Study) -> None:
    """Add when a trial comes back, and what its second answer is for."""
    protocol["repeats"] = {"least_distance_trials": least_distance(study.n_trials), "as_first_shown": True}
    analysis = json_object(protocol["analysis"])
    analysis["included"] = f"{analysis['included']}; of a trial that is shown twice, the first showing"
    analysis["second_showings"] = "in agreement within observers and the change between the showings alone"


def _flicker(study: Study) -> JsonObject:
    """Return by which rule pairs may flicker, how many were not used for it, and what becomes of stopped trials."""
    stopped: JsonObject = {STOPPED_ANSWERS: LEFT_OUT}
    if not study.needs_flash_check:
        return {"rule_of_flashes": "at most three flashes a second (WCAG 2.2, 2.3.1)", "pairs_measured": 0, **stopped}
    tally = flash_tally(study)
    return {
        **stopped,
        "rule_of_flashes": "below the general and red flash thresholds of WCAG 2.2, 2.3.1, measured for each pair",
        "pairs_measured": tally.measured,
        "pairs_not_used": tally.over,
    }


def _marked_place(study: Study, stimuli: Sequence[JsonObject]) -> JsonObject:
    """Return by which rule a place is right, how many regions are masks, and how many pairs have no place."""
    tally = region_tally(study)
    perturbed = [stimulus for stimulus in stimuli if stimulus.get("perturbed")]
    return {
        "energy_share": ENERGY_SHARE,
        "blur_of_side": BLUR,
        "largest_share_of_image": LARGEST_LOCAL_SHARE,
        "largest_share_where_right": LARGEST_ACCEPTED_SHARE,
        "acceptance_radius_of_side": ACCEPTANCE_RADIUS,
        "asked_of": "every image, after the rating",
        "area": "under the LROC curve (Popescu 2007)",
        "pairs_measured": tally.measured,
        "pairs_not_used": tally.everywhere,
        REGIONS: len(perturbed),
        FROM_MASKS: sum(MASK_SHA256 in stimulus for stimulus in perturbed),
    }


def _add_attacks(protocol: JsonObject, study: Study, arms: Sequence[AttackArm]) -> None:
    """Add which attacks are compared, by which figure, and over what p-values are adjusted."""
    json_object(protocol["attack"])[ARMS] = [*arms_for_protocol(arms)]
    json_object(protocol["analysis"]).update(
        {
            "families_of_tests": (
                "one verdict for each attack and strength, p-values adjusted after Holm over all of them; of the "
                "comparisons of two attacks each, p-values adjusted after Holm over the pairs of attacks"
            ),
            COMPARED_BY: figure_of_comparison(study.trials),
        }
    )


def protocol_text(protocol: JsonObject) -> str:
    """Return the protocol as it is hashed: JSON with sorted keys, no spaces."""
    return json.dumps(protocol, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def protocol_hash(protocol: JsonObject) -> str:
    """Return the SHA-256 of the protocol as JSON with sorted keys, no spaces, UTF-8."""
    return hashlib.sha256(protocol_text(protocol).encode()).hexdigest()

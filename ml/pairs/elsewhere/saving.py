"""Twins in the storage → the rows of attack, pair set, pairs and measured sizes, one of each for each strength."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ml.models import Attack, Dataset, Evaluation, Image, ImagePair, PairSet, Run
from ml.pairs.elsewhere.import_notes import strength_note
from ml.pairs.elsewhere.twins import NO_DIAGNOSIS, TwinFiles
from ml.pairs.files import TwinFields
from ml.pairs.masks import masks_in_provenance
from ml.pairs.sizes import sizes_of
from ml.runs.checks import check_name
from perception.analysis.classification import summarise_attack


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAttack:
    """What a person said of an attack that was made elsewhere."""

    made_by: str
    reference: str
    classifier: str
    target_class: str


def save_pair_set(
    name: str,
    stored: Sequence[tuple[TwinFiles, TwinFields]],
    images: Mapping[PurePosixPath, Image],
    *,
    masks: Mapping[PurePosixPath, bytes],
    told: ToldAttack,
    size: int,
    notes: Sequence[str],
    made: Mapping[str, object],
    run: Run,
    uid: uuid.UUID,
) -> PairSet:
    """Save the pairs of one strength with their attack. To be called in a transaction.

    Parameters
    ----------
    stored
        The twins, all of one declared strength, with the fields of their files.
    images
        The image of the dataset that each clean file is.
    masks
        Where pairs were changed, packed, by the perturbed file; of some, of all, or of none.
    made
        The provenance.

    Raises
    ------
    MlError
        The name was taken meanwhile.
    """
    for model in (Attack, PairSet):
        check_name(model, name)
    dataset = next(iter(images.values())).dataset
    declared, largest = stored[0][0].strength, [fields["linf"] for _, fields in stored]
    strength = float(max(largest)) if declared is None else declared
    attack = Attack.objects.create(
        owner=run.owner,
        name=name,
        kind=Attack.ELSEWHERE,
        made_by=told.made_by,
        reference=told.reference,
        classifier_elsewhere=told.classifier,
        target_class=told.target_class,
        strength=strength,
        options={"strength_declared": declared},
        run=run,
    )
    pairs = [
        ImagePair(
            image=images[twin.clean.path],
            clean_prediction=twin.before,
            perturbed_prediction=twin.after,
            mask=masks.get(twin.perturbed.path),
            **fields,
        )
        for twin, fields in stored
    ]
    table, measured = _table_one(pairs, dataset, told.target_class)
    pair_set = PairSet.objects.create(
        owner=run.owner,
        uid=uid,
        name=name,
        attack=attack,
        dataset=dataset,
        split=pairs[0].image.split,
        strength=strength,
        image_size=size,
        notes=[strength_note(declared, largest), measured, *notes],
        provenance={**made, **masks_in_provenance((pair.image.name, pair.mask) for pair in pairs)},
        run=run,
    )
    for pair in pairs:
        pair.pair_set = pair_set
    ImagePair.objects.bulk_create(pairs, batch_size=200)
    Evaluation.objects.create(pair_set=pair_set, table=table, sizes=sizes_of(pairs), run=run)
    return pair_set


def _table_one(pairs: Sequence[ImagePair], dataset: Dataset, target: str) -> tuple[dict[str, object], str]:
    """Return Table 1, where predictions and diagnoses are given of all pairs (else empty), and a sentence on it."""
    missing = sum(not (pair.clean_prediction and pair.perturbed_prediction) for pair in pairs)
    if not any(pair.clean_prediction or pair.perturbed_prediction for pair in pairs):
        return {}, "no classifier was measured: no predictions were given"
    if missing:
        return {}, f"no classifier was measured: predictions are missing of {missing:,} of {len(pairs):,} pairs"
    if any(pair.image.diagnosis == NO_DIAGNOSIS for pair in pairs):
        return {}, "no classifier was measured: predictions were given, and no diagnoses to hold them against"
    said = {word for pair in pairs for word in (pair.clean_prediction, pair.perturbed_prediction)} | {target} - {""}
    summary = summarise_attack(
        [pair.image.diagnosis for pair in pairs],
        [pair.clean_prediction for pair in pairs],
        [pair.perturbed_prediction for pair in pairs],
        classes=[*dataset.classes, *sorted(said - set(dataset.classes))],
        target=target or None,
        lesions=[pair.image.lesion for pair in pairs],
    )
    return summary.as_dict(), "what the classifier read was given with the pairs, and not computed here"

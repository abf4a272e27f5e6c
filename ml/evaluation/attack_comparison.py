"""Attacks side by side: what each pair set did to its classifier, how much it changed, how fast it was made."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.contrib.auth.models import User
from django.db.models import F, QuerySet

from ml.models import Classifier, PairSet
from ml.pairs.sizes import distribution
from perception.analysis.estimates.estimate import Estimate

UNKNOWN_CLASSIFIER = "a classifier that is not named"


@dataclass(frozen=True, slots=True)
class ComparedAttack:
    """One evaluated pair set."""

    attack: str
    kind: str
    classifier: str
    dataset: str
    split: str
    pair_set: str
    pair_set_pk: int
    attack_pk: int
    strength: float
    """Largest change to a pixel channel that was allowed, in 8-bit levels."""
    n: int
    """How many pairs were evaluated."""
    accuracy_before: Estimate
    accuracy_after: Estimate
    read_as_target: Estimate | None
    """Share of all perturbed images that are read as the target class; None in evaluations that did not count it."""
    fooling_ratio: Estimate
    """Over the images that are not of the target class; without one, over all: what changed its class."""
    fooling_ratio_of_others: Estimate | None
    """Over those of them that were not read as the target class before; without one, that were read rightly."""
    n_measured: int
    """Of how many pairs the next figures are."""
    linf: float | None
    """The largest change that any channel of any image has, levels."""
    psnr: float | None
    """Median, dB; None where no pair differs."""
    ssim: float | None
    """Median."""
    ciede2000_mean: float | None
    """Median over the pairs of the mean ΔE00; None, as of the next two, where the visibility was not measured."""
    flip: float | None
    """Median over the pairs of the mean FLIP error."""
    ssimulacra2: float | None
    """Median of the score; None as well where the images are too small for it."""
    lowest_ssimulacra2: float | None
    """Of all pairs: the one that is most visible by it."""
    colorvideovdp: float | None
    """Median of the quality in JOD, at most 10; None as well where that measure was not asked for."""
    images_per_second: float | None
    """Of the making of the pairs, from the first image read to the last pair saved; None if its time is not known, as
    of pairs that were made elsewhere."""

    def as_dict(self) -> dict[str, object]:
        """Return the row as JSON."""
        values = ((one.name, getattr(self, one.name)) for one in fields(self))
        return {name: value.as_dict() if isinstance(value, Estimate) else value for name, value in values}


def compare_attacks(
    classifier: Classifier | None = None, *, seen_by: User | None = None, of_others: bool = False
) -> list[ComparedAttack]:
    """Return a row for each evaluated pair set, by classifier, then by kind of attack, strength and age.

    Parameters
    ----------
    classifier
        The attacks on this one; None: on all.
    seen_by
        Of those pair sets that this user may use; None: of all.
    of_others
        Whether the size and the visibility of the change are those of the images alone that the attack had to do
        something about: neither of the target class nor read as it before; without a target class, read rightly. An
        attack that ends with the target class leaves the rest as they are. It takes a query for each row.
    """
    measured = PairSet.objects.filter(evaluation__isnull=False).exclude(evaluation__table={})
    pair_sets: QuerySet[PairSet] = measured.select_related("attack__classifier", "dataset", "evaluation", "visibility")
    if seen_by is not None:
        pair_sets = pair_sets.filter(pk__in=PairSet.objects.usable_by(seen_by))
    if classifier is not None:
        pair_sets = pair_sets.filter(attack__classifier=classifier)
    in_order = pair_sets.order_by("attack__classifier_id", "attack__kind", "strength", "pk")
    return [_row(pair_set, of_others=of_others) for pair_set in in_order]


def _row(pair_set: PairSet, *, of_others: bool) -> ComparedAttack:
    from ml.evaluation.stored_table import read_attack_table  # brings SciPy: not when the server starts

    overall = read_attack_table(pair_set.evaluation.table).overall
    if of_others:
        n_measured, measured = _measured_of_others(pair_set)
    else:
        seen = pair_set.visibility.distributions if hasattr(pair_set, "visibility") else {}
        n_measured, measured = overall.n, {**pair_set.evaluation.sizes, **seen}
    timed = pair_set.provenance and not pair_set.attack.is_elsewhere
    seconds = pair_set.provenance.get("seconds") if timed else None
    return ComparedAttack(
        attack=pair_set.attack.name,
        kind=pair_set.attack.kind,
        classifier=pair_set.attack.against or UNKNOWN_CLASSIFIER,
        dataset=pair_set.dataset.name,
        split=pair_set.split,
        pair_set=pair_set.name,
        pair_set_pk=pair_set.pk,
        attack_pk=pair_set.attack_id,
        strength=pair_set.strength,
        n=overall.n,
        accuracy_before=overall.accuracy_before,
        accuracy_after=overall.accuracy_after,
        read_as_target=overall.target_share_after if pair_set.attack.target_class else None,
        fooling_ratio=overall.fooling_ratio,
        fooling_ratio_of_others=overall.fooling_ratio_of_others,
        n_measured=n_measured,
        linf=measured.get("linf", {}).get("max"),
        psnr=measured.get("psnr", {}).get("median"),
        ssim=measured.get("ssim", {}).get("median"),
        ciede2000_mean=measured.get("ciede2000_mean", {}).get("median"),
        flip=measured.get("flip", {}).get("median"),
        ssimulacra2=measured.get("ssimulacra2", {}).get("median"),
        lowest_ssimulacra2=measured.get("ssimulacra2", {}).get("min"),
        colorvideovdp=measured.get("colorvideovdp", {}).get("median"),
        images_per_second=overall.n / seconds if seconds else None,
    )


def _measured_of_others(pair_set: PairSet) -> tuple[int, Mapping[str, Any]]:
    """Return how many images the attack had to do something about, and of these the distribution of each measure."""
    target = pair_set.attack.target_class
    pairs = pair_set.pairs.all()
    if target:
        pairs = pairs.exclude(image__diagnosis=target).exclude(clean_prediction=target)
    else:
        pairs = pairs.filter(clean_prediction=F("image__diagnosis"))
    seen = ("ciede2000_mean", "flip", "ssimulacra2", "colorvideovdp")
    columns = ("linf", "psnr", "ssim", *(f"visibility__{name}" for name in seen))
    rows = list(pairs.values_list(*columns))
    return len(rows), {
        column.removeprefix("visibility__"): distribution([row[place] for row in rows])
        for place, column in enumerate(columns)
    }

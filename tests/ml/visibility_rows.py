"""Measures of visibility in the database that were not measured: numbers that a test chooses."""

from collections.abc import Sequence

from ml.evaluation.visibility import distributions_of
from ml.images.visibility.measures import PairMeasures
from ml.models import PairSet, PairVisibility, Visibility


def add_visibility(
    pair_set: PairSet, scores: Sequence[float], *, pixels_per_degree: float = 67.0, with_extras: bool = False
) -> Visibility:
    """Give each pair, in the order in which they were made, a mean ΔE00; all other measures follow from it.

    The more ΔE00, the less the score of SSIMULACRA2: 100 − 10 · ΔE00; of ColorVideoVDP 10 − ΔE00.
    """
    measures = [
        PairMeasures(
            ciede2000_mean=score,
            ciede2000_p95=2 * score,
            ciede2000_above_1=min(1.0, score / 10),
            flip=min(1.0, score / 20),
            ssimulacra2=100 - 10 * score,
            colorvideovdp=10 - score if with_extras else None,
        )
        for score in scores
    ]
    extra = {"cvvdp": "0.5.7", "torch": "2.14.1", "cvvdp display": "standard_fhd"} if with_extras else {}
    names = list(PairMeasures.__slots__)
    for pair, one in zip(pair_set.pairs.order_by("pk"), measures, strict=True):
        PairVisibility.objects.create(pair=pair, **{name: getattr(one, name) for name in names})
    return Visibility.objects.create(
        pair_set=pair_set,
        pixels_per_degree=pixels_per_degree,
        distributions=distributions_of(measures),
        versions={"scikit-image": "0.26.0", "flip-evaluator": "1.7", "ssimulacra2": "2.1", **extra},
    )

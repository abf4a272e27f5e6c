"""How many pairs a pair set has and how large their change is on average, counted in the database."""

from django.db.models import Aggregate, Avg, Count, OuterRef, QuerySet, Subquery

from ml.models import ImagePair, PairSet


def with_figures(pair_sets: QuerySet[PairSet]) -> QuerySet[PairSet]:
    """Add `n_pairs`, `mean_psnr` (dB; of the twins that differ) and `mean_ssim` to each pair set.

    By a query within the query for each: one join with all pairs, grouped, would sort the evaluations' tables too.
    """
    return pair_sets.annotate(
        n_pairs=_of_its_pairs(Count("pk")),
        mean_psnr=_of_its_pairs(Avg("psnr")),
        mean_ssim=_of_its_pairs(Avg("ssim")),
    )


def _of_its_pairs(figure: Aggregate) -> Subquery:
    pairs = ImagePair.objects.filter(pair_set=OuterRef("pk")).order_by().values("pair_set")
    return Subquery(pairs.annotate(figure=figure).values("figure"))

"""The degrees of freedom of a variance that is put together from several."""

from collections.abc import Iterable


def satterthwaite_freedom(variance: float, parts: Iterable[tuple[float, float]]) -> float:
    """Return the degrees of freedom v² / Σ v_part²/df_part.

    Parameters
    ----------
    variance
        v, above 0.
    parts
        What it was put together from, each with the degrees of freedom that it has; not all of them 0.

    References
    ----------
    - Satterthwaite, F. E. (1946). An approximate distribution of estimates of variance components. Biometrics Bulletin
      2:110–114. doi:10.2307/3002019
    """
    return float(variance**2 / sum(part**2 / freedom for part, freedom in parts))

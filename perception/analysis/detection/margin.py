"""A margin around chance, as a share and in the unit of d′. It loads no SciPy: a form and a plan's words use it too."""

from statistics import NormalDist

CHANCE = 0.5
NORMAL = NormalDist()


def d_prime_of_margin(margin: float) -> float:
    """Return the d′ of an observer without a leaning whose balanced accuracy is ½ + δ.

    Parameters
    ----------
    margin
        δ, between 0 and ½; of choices between two images of the share of right ones.

    Returns
    -------
    float
        2 Φ⁻¹(½ + δ), above 0.

    Raises
    ------
    ValueError
        A margin outside (0, ½).

    Notes
    -----
    An observer whose impressions of clean and of perturbed images lie d′ apart, with the criterion halfway between, is
    right in Φ(d′/2) of either kind (Green & Swets 1966).

    Examples
    --------
    >>> from perception.analysis.detection.margin import d_prime_of_margin, margin_of_d_prime
    >>> round(d_prime_of_margin(0.05), 4), round(margin_of_d_prime(0.2513), 4)
    (0.2513, 0.05)
    """
    require_below_half("a margin", margin)
    return 2 * NORMAL.inv_cdf(CHANCE + margin)


def margin_of_d_prime(d_prime: float) -> float:
    """Return by how much the balanced accuracy of an observer without a leaning differs from ½.

    It turns `d_prime_of_margin` round.

    Parameters
    ----------
    d_prime
        d′, of either sign.

    Returns
    -------
    float
        Φ(d′/2) − ½, between −½ and ½.
    """
    return NORMAL.cdf(d_prime / 2) - CHANCE


def require_below_half(name: str, value: float) -> None:
    """Refuse a margin, or a level of two one-sided tests, that none can have.

    Parameters
    ----------
    name
        What it is, as the message says.
    value
        The number.

    Raises
    ------
    ValueError
        It is not strictly between 0 and ½.
    """
    if not 0 < value < CHANCE:
        raise ValueError(f"{name} lies between 0 and ½, such as 0.05; {value} does not")

"""Six ordered categories, in which every rating is counted."""

CONFIDENCES = 3


def six_categories(*, perturbed: bool, confidence: int) -> int:
    """Return an answer with its confidence as one of six ordered categories.

    Parameters
    ----------
    perturbed
        Whether the answer was "perturbed".
    confidence
        1 (a guess) to 3 (sure).

    Returns
    -------
    int
        1 (surely clean) to 6 (surely perturbed): 3 + confidence for "perturbed", 4 − confidence for "clean".

    Raises
    ------
    ValueError
        No such confidence.

    Examples
    --------
    >>> from perception.analysis.ratings.rating_scale import six_categories
    >>> six_categories(perturbed=True, confidence=3), six_categories(perturbed=False, confidence=1)
    (6, 3)
    """
    if not 1 <= confidence <= CONFIDENCES:
        raise ValueError(f"a confidence is 1 to {CONFIDENCES}, not {confidence}")
    return CONFIDENCES + confidence if perturbed else CONFIDENCES + 1 - confidence

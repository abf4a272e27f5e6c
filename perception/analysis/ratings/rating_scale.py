"""Six ordered categories, in which every rating is counted."""

CONFIDENCES = 3


def six_categories(*, perturbed: bool, confidence: int) -> int:
    """Return an answer with its confidence as one of six ordered categories: 1 surely clean … 6 surely perturbed.

    Parameters
    ----------
    perturbed
        Whether the answer was "perturbed".
    confidence
        1 (a guess) to 3 (sure).

    Raises
    ------
    ValueError
        No such confidence.
    """
    if not 1 <= confidence <= CONFIDENCES:
        raise ValueError(f"a confidence is 1 to {CONFIDENCES}, not {confidence}")
    return CONFIDENCES + confidence if perturbed else CONFIDENCES + 1 - confidence

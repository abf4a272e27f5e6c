"""How a number stands in a sentence: with a true minus sign, in percentage points."""

MINUS = "−"


def signed(value: float, *, digits: int) -> str:
    """Write a number with a true minus sign, and 0 without one.

    Parameters
    ----------
    value
        Any finite number.
    digits
        After the decimal point.

    Returns
    -------
    str
        As it stands in a sentence.

    Examples
    --------
    >>> from perception.analysis.number_words import signed
    >>> signed(-0.218, digits=2), signed(-0.001, digits=2)
    ('−0.22', '0.00')
    """
    text = f"{value:.{digits}f}"
    return text.replace("-", "" if float(text) == 0 else MINUS)


def percentage_points(share: float) -> str:
    """Write a difference of shares in percentage points, to three digits.

    Parameters
    ----------
    share
        The difference, such as 0.05; at least 0.

    Returns
    -------
    str
        With the unit, in the singular where it is 1.

    Examples
    --------
    >>> from perception.analysis.number_words import percentage_points
    >>> percentage_points(0.05), percentage_points(0.01)
    ('5 percentage points', '1 percentage point')
    """
    number = f"{100 * share:.3g}"
    return f"{number} percentage point{'' if number == '1' else 's'}"

"""A moment as a command is given it."""

import datetime as dt
from argparse import ArgumentTypeError


def moment(text: str) -> dt.datetime:
    """Return the moment that an ISO 8601 text means; without an offset it is UTC.

    Raises
    ------
    ArgumentTypeError
        It is no such text.
    """
    try:
        given = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{text}” is no time such as 2027-03-31T18:00") from error
    return given if given.tzinfo else given.replace(tzinfo=dt.UTC)

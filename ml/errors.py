"""What goes wrong in `ml`, in words for a person."""


class MlError(Exception):
    """Work that cannot be done as asked; the message says what is wrong and what to do about it."""


LONGEST_MESSAGE = 2_000
"""Characters of a message that reaches a person: about a screen."""
MOST_LINES = 25


def within_a_screen(message: str) -> str:
    """Return a message no longer than a screen: what a library says may have a hundred thousand characters.

    Beginning and end are kept, where a library says what it did and what was wrong.
    """
    lines = message.splitlines()
    if len(lines) > MOST_LINES:
        half = MOST_LINES // 2
        message = "\n".join([*lines[:half], f"[{len(lines) - 2 * half:,} lines left out]", *lines[-half:]])
    if len(message) <= LONGEST_MESSAGE:
        return message
    half = LONGEST_MESSAGE // 2 - 30
    return f"{message[:half]} [{len(message) - 2 * half:,} characters left out] {message[-half:]}"

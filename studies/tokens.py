"""Unguessable names: for invitations, trials and files."""

import secrets


def new_token() -> str:
    """Return 22 URL-safe characters with nearly 128 bits from the operating system's generator.

    Every token has the same length: a token's length tells nothing. None begins with a dash, which a command would take
    for one of its options.
    """
    while (token := secrets.token_urlsafe(16)).startswith("-"):
        pass
    return token

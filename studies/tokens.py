"""Unguessable names: for invitations, trials and files."""

import secrets


def new_token() -> str:
    """Return 22 URL-safe characters with 128 bits from the operating system's generator.

    Every token has the same length: a token's length tells nothing.
    """
    return secrets.token_urlsafe(16)

"""What has to be well for the site to be ready, beyond what a web process looks at itself."""

from collections.abc import Callable, Sequence

Check = Callable[[], str | None]
"""Returns what is wrong, in words that tell nobody anything secret; None where nothing is. It may read the database."""

_checks: list[Check] = []


def add_readiness_check(check: Check) -> None:
    """Ask this too whenever somebody asks whether the site is ready."""
    if check not in _checks:
        _checks.append(check)


def readiness_checks() -> Sequence[Check]:
    """Return all that were added, in their order."""
    return tuple(_checks)

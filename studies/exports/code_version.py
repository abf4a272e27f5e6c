"""Which program computed a report: the commit where it is known, its own text, its packages, Python."""

import shutil
import subprocess
from functools import cache
from typing import Any

from django.conf import settings

from ml.runs.provenance import versions
from studies.report_versions import report_versions

PATIENCE_S = 10


@cache
def code_version() -> dict[str, Any]:
    """Return it as JSON; `commit` is null where the program does not lie in its repository."""
    status = _git("status", "--porcelain", "--untracked-files=no")
    return {
        "commit": _git("rev-parse", "HEAD"),
        "changed_since_commit": None if status is None else bool(status),
        "versions": versions() | report_versions(),
    }


def _git(*arguments: str) -> str | None:
    """Return what git says of the program's own folder; None where there is no git, or no repository."""
    program = shutil.which("git")
    if program is None or not (settings.BASE_DIR / ".git").exists():
        return None
    command = [program, "-C", str(settings.BASE_DIR), *arguments]
    try:
        result = subprocess.run(  # noqa: S603 - git itself, with the arguments above
            command, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return result.stdout.strip() if result.returncode == 0 else None

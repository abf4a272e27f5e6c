"""What computed a report: this program and the packages that its figures come from."""

import shutil
import subprocess
from functools import cache
from typing import Any

from django.conf import settings

from perception.versions import installed_version, versions

PACKAGES = ("scipy", "statsmodels", "pandas", "matplotlib")
HASH_SHOWN = 12
PATIENCE_S = 10


def report_versions() -> dict[str, str]:
    """Return names and versions; `source_sha256` tells apart what one version number of the program covers."""
    found = versions()
    kept = {name: found[name] for name in ("perception", "source_sha256", "python", "django", "numpy")}
    return kept | {package: installed_version(package) or "not installed" for package in PACKAGES}


def program_text() -> str:
    """Return them in words, as a methods paragraph names them."""
    found = report_versions()
    return (
        f"Perception {found['perception']} (source SHA-256 {found['source_sha256'][:HASH_SHOWN]}…), Python "
        f"{found['python']}, NumPy {found['numpy']}, SciPy {found['scipy']} and statsmodels {found['statsmodels']}"
    )


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

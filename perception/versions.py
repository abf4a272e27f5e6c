"""The versions of this program and of the packages that its figures depend on."""

import hashlib
import platform
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("django", "keras", "numpy", "pillow", "scipy", "tensorflow")
# What decides about figures: a change of a template or a test does not.
SOURCES = ("ml", "perception/analysis")


def versions() -> dict[str, str]:
    """Return the version of this program, of Python, and of the packages that the figures depend on."""
    found = {
        "perception": _program_version(),
        "source_sha256": _source_hash(),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    for package in PACKAGES:
        if installed := installed_version(package):  # another Keras backend has no TensorFlow
            found[package] = installed
    return found


@cache
def installed_version(package: str) -> str | None:
    """Return the version of an installed package, None where it is not there; looked up once."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


@cache
def _program_version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


@cache
def _source_hash() -> str:
    """Hash the program's own text: it tells apart what one version number covers."""
    digest = hashlib.sha256()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()

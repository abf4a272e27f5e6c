"""What computed a report: this program and the packages that its figures come from."""

from importlib.metadata import version

from ml.runs.provenance import versions

PACKAGES = ("scipy", "statsmodels", "pandas", "matplotlib")
HASH_SHOWN = 12


def report_versions() -> dict[str, str]:
    """Return names and versions; `source_sha256` tells apart what one version number of the program covers."""
    found = versions()
    kept = {name: found[name] for name in ("perception", "source_sha256", "python", "django", "numpy")}
    return kept | {package: version(package) for package in PACKAGES}


def program_text() -> str:
    """Return them in words, as a methods paragraph names them."""
    found = report_versions()
    return (
        f"Perception {found['perception']} (source SHA-256 {found['source_sha256'][:HASH_SHOWN]}…), Python "
        f"{found['python']}, NumPy {found['numpy']}, SciPy {found['scipy']} and statsmodels {found['statsmodels']}"
    )

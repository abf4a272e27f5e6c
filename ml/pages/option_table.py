"""Options and provenance, as lines of text for a page."""

from collections.abc import Mapping

from perception.core.formatting import duration

# What stands elsewhere on the page, or says nothing to a person.
UNSAID = frozenset({"uid", "name"})
PACKAGES = {
    "perception": "This program",
    "source_sha256": "Its source, SHA-256",
    "numpy": "NumPy",
    "scipy": "SciPy",
    "tensorflow": "TensorFlow",
}
INITIALS = {"ssim": "SSIM", "sha256": "SHA-256", "psnr": "PSNR"}


def option_lines(options: Mapping[str, object]) -> list[dict[str, str]]:
    """Return a name and a text for each option; options within options stand in the same list."""
    lines = []
    for name, value in options.items():
        if name in UNSAID:
            continue
        if isinstance(value, Mapping):
            lines += option_lines(value)
        else:
            lines.append({"name": option_title(name), "text": _text(value)})
    return lines


def provenance_lines(provenance: Mapping[str, object]) -> list[dict[str, str]]:
    """Return a name and a text for what made a thing: data, hashes, seed, time; not its options and versions."""
    lines = []
    for name, value in provenance.items():
        if name in {"options", "versions", "refused"}:
            continue
        if name == "seconds" and isinstance(value, int | float):
            lines.append({"name": "Wall time", "text": duration(value)})
        else:
            lines.append({"name": option_title(name), "text": _text(value)})
    return lines


def version_lines(versions: Mapping[str, str]) -> list[dict[str, str]]:
    """Return a name and a text for each version: of this program and of the packages that it used."""
    return [
        {"name": PACKAGES.get(name, option_title(name)), "text": str(version)} for name, version in versions.items()
    ]


def option_title(name: str) -> str:
    """Return an option's name for people: `learning_rate` → `Learning rate`."""
    words = [INITIALS.get(word, word) for word in name.split("_")]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])


def _text(value: object) -> str:
    if value is None or value == "":
        return "not given"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    return str(value)

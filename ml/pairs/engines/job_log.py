"""What a job said last: a scheduler that ends one says why there, and so does Python."""

from pathlib import Path

LONGEST = 300


def last_words(log: Path) -> str:
    """Return the last line of a log that says something, to be appended to a sentence; nothing if there is none."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    said = [line.strip() for line in lines if line.strip()]
    return f": {said[-1][:LONGEST]}" if said else ""

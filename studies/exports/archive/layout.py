"""What an archive holds, by the names of its members."""

import re

FORMAT = "perception study archive"
VERSION = 1

MANIFEST = "manifest.json"
README = "README.md"
PROTOCOL = "protocol.json"
ANSWERS_CSV = "answers.csv"
ANSWERS_JSON = "answers.json"
FIGURES = "figures.json"
STIMULI = "stimuli.csv"
STIMULUS_FOLDER = "stimuli"
MASK_FOLDER = "masks"
RIGHT_PLACE_FOLDER = "right-places"
AUDIT = "audit.json"
CODE = "code.json"
REPORT_HTML = "report.html"
REPORT_PDF = "report.pdf"

# Without these nothing can be computed again.
NEEDED = (PROTOCOL, ANSWERS_CSV, ANSWERS_JSON, FIGURES)

# Letters of ASCII, relative, and no step up: a name that can be unpacked anywhere.
MEMBER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")


def is_member_name(name: str) -> bool:
    """Whether a member may be called so."""
    return MEMBER_NAME.fullmatch(name) is not None and ".." not in name

"""The answers of a study as one typed table: what the analysis, the exclusions and the exports calculate with.

pandas is imported in the functions here and in those that use the table: a web process loads it with the first report.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from studies.answers.rows import AnswerRow

if TYPE_CHECKING:
    import pandas as pd

CATEGORY: Final = "category"
MOMENT: Final = "datetime64[us, UTC]"
NUMBERS: Final = {
    "subset": "Int64",
    "rating": "Int64",
    "confidence": "Int64",
    "grade": "Int64",
    "position": "Int64",
    "showing": "Int64",
    "strength": "Float64",
    "rt_ms": "Int64",
    "pixel_ratio": "Float64",
    "focus_losses": "Int64",
    "linf": "Float64",
    "l2": "Float64",
    "psnr": "Float64",
    "ssim": "Float64",
    "ciede2000_mean": "Float64",
    "ciede2000_p95": "Float64",
    "ciede2000_above_1": "Float64",
    "flip": "Float64",
    "ssimulacra2": "Float64",
    "colorvideovdp": "Float64",
    "refresh_hz": "Float64",
    "flicker_hz": "Float64",
    "frames": "Int64",
    "late_frames": "Int64",
    "flicker_stopped": "boolean",
    "place_x": "Int64",
    "place_y": "Int64",
    "place_hit": "boolean",
    "place_share": "Float64",
    "simulated": "boolean",
    "shown_whole": "boolean",
    "served_at": MOMENT,
    "answered_at": MOMENT,
}
"""The types of the columns that hold no text; every other one is a category."""


def answers_frame(rows: Sequence[AnswerRow]) -> "pd.DataFrame":
    """Return the answers as a table with a line for each, in their order; its columns are the fields of `AnswerRow`.

    Texts are categories, in the order in which they first appear; an empty text, like every other value that is not
    there, is missing. Numbers and flags are of pandas' types that have a missing value (Int64, Float64, boolean),
    moments are in UTC, to the microsecond.
    """
    import pandas as pd

    columns: dict[str, pd.Series] = {}
    for field in fields(AnswerRow):
        values = [getattr(row, field.name) for row in rows]
        dtype = NUMBERS.get(field.name, CATEGORY)
        columns[field.name] = _categories(values) if dtype == CATEGORY else pd.Series(values, dtype=dtype)
    return pd.DataFrame(columns)


def _categories(texts: Sequence[str]) -> "pd.Series":
    import pandas as pd

    known = [text for text in dict.fromkeys(texts) if text]
    return pd.Series(pd.Categorical([text or None for text in texts], categories=pd.Index(known, dtype="object")))

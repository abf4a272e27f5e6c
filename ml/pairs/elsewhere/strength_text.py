"""The strength of an attack as other programs write it: in 8-bit levels, or as a fraction of 255."""

import math
import re

from ml.errors import MlError

_FRACTION = re.compile(r"(\d+(?:\.\d+)?)\s*/\s*255(?:\.0*)?")


def read_strength(text: str) -> float | None:
    """Return a strength in 8-bit levels: `8`, `8.0`, `8,0` or `8/255`; None where nothing is written.

    Raises
    ------
    MlError
        It is no number, or none from 1 to 255; of one below 1, such as 0.0314, the message says which level it may be.
    """
    written = text.strip()
    if not written:
        return None
    fraction = _FRACTION.fullmatch(written)
    try:
        value = float(fraction[1] if fraction else written.replace(",", "."))
    except ValueError:
        raise MlError(f"a strength is a number of 8-bit levels, such as 8 or 8/255, not {written[:40]!r}") from None
    if 0 < value < 1 and not fraction:
        raise MlError(
            f"a strength is in 8-bit levels (1 to 255), not in shares of 1: {written} may be {255 * value:.3g} levels, "
            f"to be written {255 * value:.3g} or {255 * value:.3g}/255"
        )
    if not (math.isfinite(value) and 1 <= value <= 255):
        raise MlError(f"a strength is 1 to 255 levels, not {written[:40]}")
    return value

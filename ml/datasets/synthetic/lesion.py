"""One synthetic lesion, as a dermatoscope would show it."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from ml.datasets.synthetic.canvas import Canvas
from ml.datasets.synthetic.hair import paint_hairs
from ml.datasets.synthetic.kinds import akiec, bcc, bkl, df, mel, nv, vasc
from ml.datasets.synthetic.lens import paint_lens
from ml.datasets.synthetic.skin import draw_tone, paint_skin
from ml.datasets.synthetic.view import View

KINDS: Mapping[str, Callable[[Canvas, np.random.Generator], None]] = MappingProxyType(
    {
        "akiec": akiec.paint,
        "bcc": bcc.paint,
        "bkl": bkl.paint,
        "df": df.paint,
        "mel": mel.paint,
        "nv": nv.paint,
        "vasc": vasc.paint,
    }
)

# How much of a lesion's own colour shows over the skin. Faint on purpose: at full strength a classifier's margins
# are so wide that no change of a few levels crosses them, and the images could not serve to show an attack.
CONTRAST = (0.24, 0.45)


def draw_lesion(
    diagnosis: str, rng: np.random.Generator, size: int, *, view_rng: np.random.Generator | None = None
) -> NDArray[np.uint8]:
    """Draw one lesion.

    Nothing in it is taken from a photograph. It has the marks by which a dermatologist tells the seven kinds of
    HAM10000 apart, caricatured; it is no material for learning dermatology.

    Parameters
    ----------
    diagnosis
        One of `KINDS`: akiec, bcc, bkl, df, mel, nv, vasc.
    rng
        What the lesion is: skin, border, structures. The same state draws the same lesion at any size.
    size
        Side of the image, in pixels; 64 to 512 look right.
    view_rng
        How it is seen: turn, distance, hairs, light, noise. None: drawn from `rng` too. The same lesion with
        another view is a second image of that lesion.

    Returns
    -------
    uint8 array of shape (size, size, 3), values 0–255.

    Raises
    ------
    ValueError
        An unknown diagnosis, or a size below 16.
    """
    if diagnosis not in KINDS:
        raise ValueError(f"no synthetic lesion of diagnosis {diagnosis!r}; there are {', '.join(KINDS)}")
    if size < 16:
        raise ValueError(f"a lesion needs at least 16 pixels a side, not {size}")
    if view_rng is None:
        (view_rng,) = rng.spawn(1)
    skin = np.empty((size, size, 3), dtype=np.float32)
    skin[:] = draw_tone(rng)
    canvas = Canvas(View.draw(view_rng), size, skin)
    paint_skin(canvas, rng)
    bare = canvas.rgb.copy()
    KINDS[diagnosis](canvas, rng)
    canvas.rgb = bare + (canvas.rgb - bare) * np.float32(rng.uniform(*CONTRAST))
    paint_hairs(canvas, view_rng)
    paint_lens(canvas, view_rng)
    levels: NDArray[np.uint8] = np.rint(np.clip(canvas.rgb, 0.0, 1.0) * 255.0).astype(np.uint8)
    return levels

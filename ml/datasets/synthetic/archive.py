"""The synthetic lesions as an archive: what is imported is drawn when it is read."""

from functools import partial

import numpy as np

from ml.datasets.readers.archive import Archive, ImageEntry
from ml.datasets.splits import apportion
from ml.datasets.synthetic.lesion import KINDS, draw_lesion
from ml.images import pixels

SOURCE = "synthetic"
CREDIT = (
    "Synthetic lesions, drawn by this program from random numbers. They show no real skin, no patient and no "
    "disease, and are no material for learning dermatology."
)

# The drawing's version. A change that gives other pixels for the same options is a new version: a dataset that was
# drawn before is then not mistaken for one that would be drawn now.
DRAWING = 1

# Of 100 images. Nevi are the most frequent, as in practice, but every kind has enough to be learnt from.
SHARES = {"akiec": 11, "bcc": 12, "bkl": 12, "df": 11, "mel": 12, "nv": 31, "vasc": 11}
SEEN_TWICE = 0.25  # share of lesions with two images; of HAM10000's, 26% have two or more
SIZES = range(64, 513)
# Ten times what the HAM10000 archive has. All are laid out before the first is drawn: in memory, and by the web server
# itself where a form asks for them.
MOST_IMAGES = 100_000


def synthetic_archive(*, images: int, size: int, seed: int) -> Archive:
    """Lay out synthetic images; none is drawn before its entry is read.

    Each lesion and each look at it has a seed of its own (a child of `seed`), so that every image can be drawn
    alone. A quarter of the lesions have a second image: the same lesion, turned, in other light, with other hairs.

    Parameters
    ----------
    images
        How many in all; 7 to `MOST_IMAGES`.
    size
        Side in pixels, 64 to 512.
    seed
        Not negative.

    Raises
    ------
    ValueError
        A number outside these bounds.
    """
    if images < len(KINDS):
        raise ValueError(f"at least {len(KINDS)} images are needed, one of each kind, not {images}")
    if images > MOST_IMAGES:
        raise ValueError(f"at most {MOST_IMAGES:,} images are drawn for a dataset, training and test together")
    if size not in SIZES:
        raise ValueError(f"the side must be {SIZES[0]} to {SIZES[-1]} pixels, not {size}")
    if seed < 0:
        raise ValueError(f"the seed must not be negative, not {seed}")
    rng = np.random.default_rng([seed, 0])
    bounds = dict.fromkeys(SHARES, (1, images))
    counts = apportion({dx: share * images for dx, share in SHARES.items()}, images, bounds=bounds)
    lesions: list[tuple[str, int]] = []
    for diagnosis, left in counts.items():
        while left:
            looks = 2 if left > 1 and rng.random() < SEEN_TWICE else 1
            lesions.append((diagnosis, looks))
            left -= looks
    entries: list[ImageEntry] = []
    for number, place in enumerate(rng.permutation(len(lesions)), start=1):
        diagnosis, looks = lesions[place]
        for look in range(1, looks + 1):
            name = f"SYN_{len(entries) + 1:07d}"
            entries.append(
                ImageEntry(
                    name=name,
                    where=name,
                    lesion=f"SYN_LESION_{number:07d}",
                    diagnosis=diagnosis,
                    read=partial(_drawn, diagnosis, (seed, number), look, size),
                    metadata={"look": look},
                )
            )
    return Archive(
        source=SOURCE,
        credit=CREDIT,
        entries=entries,
        options={"images": images, "size": size, "seed": seed, "drawing": DRAWING},
    )


def _drawn(diagnosis: str, lesion_seed: tuple[int, int], look: int, size: int) -> bytes:
    """Draw one image as the bytes of a PNG."""
    rng = np.random.default_rng(lesion_seed)
    view_rng = np.random.default_rng((*lesion_seed, look))
    return pixels.encode_png(draw_lesion(diagnosis, rng, size, view_rng=view_rng))

"""Which images a study shows, and in which order each observer sees them. Pure: no database, no clock.

Everything is drawn by sorting on SHA-256 of the seed and the item's key. Unlike a generator's stream, this can be
repeated by any program in any language, and by any later version of this one: the version of the algorithm is stored
with each session.
"""

from studies.randomization.balance import assign_subset, draw_sides
from studies.randomization.errors import DrawingError
from studies.randomization.hashing import DRAWING_VERSION, derived_seed, shuffled
from studies.randomization.order import OrderItem, draw_order
from studies.randomization.pool import PoolDrawn, draw_pool, draw_pool_sequences
from studies.randomization.repeats import draw_order_with_repeats, draw_repeated, least_distance
from studies.randomization.sample import (
    Candidate,
    Drawn,
    Prevalence,
    draw_others,
    draw_series,
    draw_stimuli,
)
from studies.randomization.strengths import allocate_strengths

__all__ = [
    "DRAWING_VERSION",
    "Candidate",
    "DrawingError",
    "Drawn",
    "OrderItem",
    "PoolDrawn",
    "Prevalence",
    "allocate_strengths",
    "assign_subset",
    "derived_seed",
    "draw_order",
    "draw_order_with_repeats",
    "draw_others",
    "draw_pool",
    "draw_pool_sequences",
    "draw_repeated",
    "draw_series",
    "draw_sides",
    "draw_stimuli",
    "least_distance",
    "shuffled",
]

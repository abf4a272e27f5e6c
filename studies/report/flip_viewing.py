"""How far the distance at which FLIP was taken is from that at which observers sat.

ColorVideoVDP, where it was measured, is of the same distance.
"""

from dataclasses import asdict, dataclass
from math import isclose

from ml.images.visibility.measures import MEASURES
from perception.analysis.json_values import JsonObject
from studies.report.facts import AttackFacts
from studies.report.screens import ScreenFacts, Spread

MOST_APART = 1.5
"""By which factor pixels per degree may differ before the report warns: a choice of this program, not published."""


@dataclass(frozen=True, slots=True)
class FlipViewing:
    """Pixels per degree at which FLIP was taken of some image pairs, beside those of the sessions.

    Attributes
    ----------
    pair_sets
        Names of the image pairs.
    measures
        The measures that were taken of them for a distance.
    stated
        Pixels of an image in a degree of the visual angle for which FLIP was taken, above 0.
    sessions
        Those of the sessions of which they are known.
    ratio
        The sessions' to the stated: above 1 observers sat farther away, or saw smaller pixels.
    known, beyond
        Of how many sessions they are known; in how many of them they differ by more than `MOST_APART`, either way.
    """

    pair_sets: tuple[str, ...]
    measures: tuple[str, ...]
    stated: float
    sessions: Spread
    ratio: Spread
    known: int
    beyond: int

    @property
    def is_far(self) -> bool:
        """Whether the middle session differs by more than `MOST_APART`."""
        return _apart(self.ratio.median)

    def as_dict(self) -> JsonObject:
        """Return the figures as JSON."""
        return {
            "pair_sets": list(self.pair_sets),
            "measures": list(self.measures),
            "stated": self.stated,
            "sessions": asdict(self.sessions),
            "ratio": asdict(self.ratio),
            "known": self.known,
            "beyond": self.beyond,
            "most_apart": MOST_APART,
        }


def flip_viewings(attacks: tuple[AttackFacts, ...], screens: ScreenFacts) -> tuple[FlipViewing, ...]:
    """Compare each distance for which FLIP was taken with those of the sessions.

    Parameters
    ----------
    attacks
        With the measures of their image pairs.
    screens
        With the seats of the observers.

    Returns
    -------
    tuple of FlipViewing
        One a stated number of pixels per degree, ascending; empty where FLIP was taken of no pairs, or the pixels per
        degree are known of no session.
    """
    seen = [seat.pixels_per_degree for seat in screens.seats if seat.pixels_per_degree is not None]
    pair_sets: dict[float, list[str]] = {}
    taken: set[tuple[float, str]] = set()
    for pairs in (one for facts in attacks for one in facts.each):
        if pairs.visibility is not None:
            pair_sets.setdefault(pairs.visibility.pixels_per_degree, []).append(pairs.pair_set)
            taken |= {(pairs.visibility.pixels_per_degree, key) for key in pairs.visibility.distributions}
    found = []
    for stated, names in sorted(pair_sets.items()):
        ratios = [one / stated for one in seen]
        sessions, ratio = Spread.of(seen), Spread.of(ratios)
        if sessions is not None and ratio is not None:
            measures = tuple(one.name for one in MEASURES if one.asks_for_distance and (stated, one.key) in taken)
            beyond = sum(map(_apart, ratios))
            found.append(FlipViewing(tuple(names), measures, stated, sessions, ratio, len(seen), beyond))
    return tuple(found)


def _apart(ratio: float) -> bool:
    factor = max(ratio, 1 / ratio)
    return factor > MOST_APART and not isclose(factor, MOST_APART)

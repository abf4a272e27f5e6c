"""The screens on which observers saw the images: what browsers told of them, how far from them observers sat."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from perception.analysis.json_values import JsonObject
from studies.models.observer_state import usable
from studies.models.screening.check import Check
from studies.models.session import Session
from studies.models.study import Study
from studies.screening.viewing import ImageInView, image_in_view
from studies.sessions.screening.distance import BLIND_SPOT, can_be_measured

GAMUTS = ("less than sRGB", "sRGB", "Display P3", "Rec. 2020")
"""The widest that a screen is said to cover, by the number that a session's display has for it."""


@dataclass(frozen=True, slots=True)
class Seat:
    """How one observer sat before the images, as far as it is known; each but `observer` may be None.

    Attributes
    ----------
    observer
        The label.
    cm
        From the eyes to the screen.
    how
        `BLIND_SPOT` or `TOLD`.
    spread_cm
        The largest measured distance less the smallest; None of one that was told.
    degrees, pixels_per_degree
        As `studies.screening.viewing.ImageInView`; None where the screen was not measured with a card.
    """

    observer: str
    cm: float | None
    how: str | None
    spread_cm: float | None
    degrees: float | None
    pixels_per_degree: float | None


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the ends of some numbers."""

    median: float
    lowest: float
    highest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread | None":
        """Return the middle and the ends; None of no number."""
        return cls(median(values), min(values), max(values)) if values else None


@dataclass(frozen=True, slots=True)
class ScreenFacts:
    """What is known of the screens of all who finished, those among them whom a rule leaves out.

    Attributes
    ----------
    sessions
        How many finished.
    depths
        How many sessions by bits a pixel.
    gamuts
        By the widest gamut that the screen is said to cover, in the order of `GAMUTS`.
    ranges
        By dynamic range, “high” or “standard”.
    forced, inverted
        In how many colours were replaced by those of a high contrast, and inverted.
    asks_distance
        Whether the study makes the check of the viewing distance.
    seats
        Of each observer, in the order of invitation; empty where it does not.
    """

    sessions: int
    depths: Mapping[int, int]
    gamuts: Mapping[str, int]
    ranges: Mapping[str, int]
    forced: int
    inverted: int
    asks_distance: bool
    seats: tuple[Seat, ...]

    @classmethod
    def of(cls, study: Study, *, simulated: bool) -> "ScreenFacts":
        """Gather them (two queries); a simulated observer has no screen."""
        there = Session.objects.filter(
            usable(session="observer__session"), observer__study=study, observer__is_simulated=False
        ).select_related("observer")
        sessions = [] if simulated else list(there.order_by("observer_id").prefetch_related("screening_results"))
        displays = [session.display for session in sessions]
        asks_distance = Check.VIEWING_DISTANCE in study.checks and not simulated
        return cls(
            sessions=len(sessions),
            depths=dict(sorted(_counted(displays, "colour_depth").items())),
            gamuts={GAMUTS[key]: count for key, count in sorted(_counted(displays, "gamut").items())},
            ranges={
                ("high" if key else "standard"): count
                for key, count in sorted(_counted(displays, "high_dynamic_range").items())
            },
            forced=sum(bool(display.get("forced_colours")) for display in displays),
            inverted=sum(bool(display.get("inverted_colours")) for display in displays),
            asks_distance=asks_distance,
            seats=tuple(seat_of(study, session) for session in sessions) if asks_distance else (),
        )

    @property
    def is_told(self) -> bool:
        """Whether there is anything to say."""
        return bool(self.depths or self.gamuts or self.ranges or self.seats)

    @property
    def distances(self) -> Spread | None:
        """From the eyes to the screen, cm."""
        return Spread.of([seat.cm for seat in self.seats if seat.cm is not None])

    @property
    def degrees(self) -> Spread | None:
        """Of the side of an image."""
        return Spread.of([seat.degrees for seat in self.seats if seat.degrees is not None])

    @property
    def pixels_per_degree(self) -> Spread | None:
        """Of the image."""
        return Spread.of([seat.pixels_per_degree for seat in self.seats if seat.pixels_per_degree is not None])

    def n_by(self, how: str) -> int:
        """Return how many distances are known in a way."""
        return sum(seat.how == how for seat in self.seats)

    def as_dict(self) -> JsonObject:
        """Return the facts as JSON; of the distance only where it was asked for."""
        facts: JsonObject = {
            "sessions": self.sessions,
            "bits_a_pixel": {str(bits): count for bits, count in self.depths.items()},
            "gamuts": dict(self.gamuts),
            "dynamic_ranges": dict(self.ranges),
            "forced_colours": self.forced,
            "inverted_colours": self.inverted,
        }
        if not self.asks_distance:
            return facts
        spreads = {
            "distance_cm": self.distances,
            "degrees_per_image": self.degrees,
            "pixels_per_degree": self.pixels_per_degree,
        }
        return {
            **facts,
            **{name: None if spread is None else asdict(spread) for name, spread in spreads.items()},
            "seats": [asdict(seat) for seat in self.seats],
        }


def seat_of(study: Study, session: Session) -> Seat:
    """Return how an observer sat; the session's `screening_results` are fetched with it.

    The size of the screen's pixels is that of the consent, as a card told it.
    """
    measured: dict[str, Any] = next(
        (one.measured for one in session.screening_results.all() if one.check_key == Check.VIEWING_DISTANCE), {}
    )
    cm, view = measured.get("cm"), _view(study, session.display, measured.get("cm"))
    return Seat(
        observer=session.observer.label,
        cm=cm,
        how=measured.get("how"),
        spread_cm=measured.get("spread_cm") if measured.get("how") == BLIND_SPOT else None,
        degrees=None if view is None else view.degrees,
        pixels_per_degree=None if view is None else view.pixels_per_degree,
    )


def _view(study: Study, display: Mapping[str, Any], cm: float | None) -> ImageInView | None:
    if not cm or not can_be_measured(display):
        return None
    return image_in_view(
        image_size=study.pair_set.image_size,
        scale=study.scale,
        distance_cm=cm,
        css_px_per_mm=display["css_px_per_mm"],
        pixel_ratio=display["pixel_ratio"],
    )


def _counted(displays: Sequence[Mapping[str, Any]], name: str) -> Counter[int]:
    return Counter(display[name] for display in displays if name in display)

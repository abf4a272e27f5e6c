"""On which screens the images were seen, and from how far: parts of the observers' way."""

from collections.abc import Mapping, Sequence

from studies.report.flip_viewing import MOST_APART, FlipViewing
from studies.report.screens import ScreenFacts, Seat, Spread
from studies.report.sections.elements import LabelledText, Table
from studies.report.wording import capitalized, listed
from studies.sessions.screening.distance import BLIND_SPOT, TOLD

TOLD_BY_BROWSER = (
    "As the browser told it when the session began; none of it was measured, and a browser that does not know says 24 "
    "bits. Of all who finished."
)
ACCURACY = (
    "By the blind spot of the left eye at 13.5°, the same for everybody, and a card held to the screen (Li et al. "
    "2020): in its authors’ laboratory it was wrong by 3.25 cm on average. Where observers sat later is not known. Of "
    "all who finished."
)
REMEASURE = (
    "“manage.py measure_visibility --pixels-per-degree {pixels:.0f}” takes it anew at that of the middle observer."
)


def screen_texts(screens: ScreenFacts) -> tuple[LabelledText, ...]:
    """Return what browsers told of colours, and how far observers sat; nothing where nothing is known."""
    texts = []
    if screens.depths or screens.gamuts or screens.ranges:
        texts.append(LabelledText("Screens", _colours(screens), TOLD_BY_BROWSER))
    if screens.asks_distance and screens.sessions:
        texts.append(LabelledText("Viewing distance", _distances(screens), ACCURACY))
    return tuple(texts)


def flip_texts(viewings: Sequence[FlipViewing]) -> tuple[LabelledText, ...]:
    """Return for each distance at which FLIP was taken how far it is from those of the sessions."""
    return tuple(
        LabelledText(
            f"{listed(one.measures)} at {one.stated:g} pixels per degree",
            f"Observers had {_spread(one.sessions, 0)}, {_spread(one.ratio, 2)} times as many, known of {one.known}; "
            f"{one.beyond} of them differ by more than {MOST_APART:g} times.",
            REMEASURE.format(pixels=one.sessions.median) if one.beyond else "",
        )
        for one in viewings
    )


def flip_warnings(viewings: Sequence[FlipViewing]) -> list[LabelledText]:
    """Return a warning for each distance at which FLIP was taken that is far from that of the middle session."""
    return [
        LabelledText(
            f"{listed(one.measures)} at another distance.",
            f"{listed(one.pair_sets)} was measured by {listed(one.measures)} at {one.stated:g} pixels per degree; the "
            f"middle observer had {one.sessions.median:.0f}, which is {one.ratio.median:.2f} times as many, more than "
            f"{MOST_APART:g} times apart. What the report says of {listed(one.measures)} is of another distance than "
            f"the answers. {REMEASURE.format(pixels=one.sessions.median)}",
        )
        for one in viewings
        if one.is_far
    ]


def seat_tables(screens: ScreenFacts) -> tuple[Table, ...]:
    """Return how far each observer sat, and how large an image was to them."""
    if not any(seat.cm is not None for seat in screens.seats):
        return ()
    head = ("Observer", "Distance, cm", "How", "Spread, cm", "Image, degrees", "Pixels per degree")
    return (Table("How far observers sat, and how large images were to them", head, tuple(map(_line, screens.seats))),)


def _line(seat: Seat) -> tuple[str, ...]:
    return (
        seat.observer,
        _number(seat.cm, 0),
        {BLIND_SPOT: "blind spot", TOLD: "told"}.get(seat.how or "", "not known"),
        _number(seat.spread_cm, 0),
        _number(seat.degrees, 1),
        _number(seat.pixels_per_degree, 0),
    )


def _colours(screens: ScreenFacts) -> str:
    parts = [
        _counts("bits a pixel", {str(bits): count for bits, count in screens.depths.items()}, screens.sessions),
        _counts("widest gamut covered", screens.gamuts, screens.sessions),
        _counts("dynamic range", screens.ranges, screens.sessions),
    ]
    if screens.forced:
        parts.append(f"colours replaced by those of a high contrast in {screens.forced}")
    if screens.inverted:
        parts.append(f"colours inverted in {screens.inverted}")
    return capitalized("; ".join(part for part in parts if part)) + "."


def _counts(name: str, counts: Mapping[str, int], sessions: int) -> str:
    """Return how many sessions have which value; nothing where no browser told any."""
    if not counts:
        return ""
    told = [f"{value} in {count}" for value, count in counts.items()]
    if unknown := sessions - sum(counts.values()):
        told.append(f"not told in {unknown}")
    return f"{name}: {', '.join(told)}"


def _distances(screens: ScreenFacts) -> str:
    known = screens.distances
    if known is None:
        return "It is known of nobody."
    measured, told = screens.n_by(BLIND_SPOT), screens.n_by(TOLD)
    ways = [f"{measured} by the blind spot"] if measured else []
    ways += [f"{told} told by the observer"] if told else []
    if unknown := screens.sessions - measured - told:
        ways.append(f"{unknown} not known")
    text = f"{_spread(known, 0)} cm ({', '.join(ways)})"
    if screens.degrees is not None and screens.pixels_per_degree is not None:
        text += (
            f"; the side of an image {_spread(screens.degrees, 1)} degrees of visual angle, "
            f"{_spread(screens.pixels_per_degree, 0)} image pixels per degree"
        )
    return capitalized(text) + "."


def _spread(spread: Spread, places: int) -> str:
    return f"median {spread.median:.{places}f} ({spread.lowest:.{places}f} to {spread.highest:.{places}f})"


def _number(value: float | None, places: int) -> str:
    return "" if value is None else f"{value:.{places}f}"

"""Random places in a lesion."""

import numpy as np

from ml.datasets.synthetic.canvas import Point


def points_in_disc(rng: np.random.Generator, count: int, *, radius: float, apart: float = 0.0) -> list[Point]:
    """Draw up to `count` points within `radius` of the centre, at least `apart` from one another.

    Each point has a dozen tries; fewer come back where there is no room.
    """
    points: list[Point] = []
    for _ in range(count * 12):
        if len(points) == count:
            break
        distance, angle = radius * np.sqrt(rng.random()), rng.uniform(0.0, 2 * np.pi)
        x, y = float(distance * np.cos(angle)), float(distance * np.sin(angle))
        if all((x - a) ** 2 + (y - b) ** 2 >= apart**2 for a, b in points):
            points.append((x, y))
    return points


def points_on_ring(rng: np.random.Generator, count: int, *, radius: float, spread: float) -> list[Point]:
    """Draw `count` points at about `radius` from the centre (normal, standard deviation `spread`)."""
    distances = rng.normal(radius, spread, count)
    angles = rng.uniform(0.0, 2 * np.pi, count)
    return list(zip((distances * np.cos(angles)).tolist(), (distances * np.sin(angles)).tolist(), strict=True))


def points_near(rng: np.random.Generator, count: int, *, centre: Point, spread: float) -> list[Point]:
    """Draw `count` points around `centre` (normal, standard deviation `spread` on each axis)."""
    places = rng.normal(centre, spread, (count, 2))
    return [(float(x), float(y)) for x, y in places]

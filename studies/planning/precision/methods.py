"""The methods whose figures' precision can be planned, in the order in which pages name them."""

from typing import Final

from studies.planning.precision.grades import GradesMethod
from studies.planning.precision.method import PrecisionMethod
from studies.planning.precision.places import PlacesMethod
from studies.planning.precision.repeats import RepeatsMethod
from studies.planning.precision.thresholds import ThresholdsMethod

METHODS: Final[dict[str, PrecisionMethod]] = {
    method.key: method for method in (ThresholdsMethod(), PlacesMethod(), GradesMethod(), RepeatsMethod())
}

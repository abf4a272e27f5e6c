"""The trial types: one module each. Another is added by writing its module and its template, and naming it here."""

from studies.trial_types.base import Buttons, Choice, Judgement, TrialType
from studies.trial_types.degradation import DegradationRating
from studies.trial_types.flicker import Flicker
from studies.trial_types.marked_place import MarkedPlace
from studies.trial_types.rating import Rating
from studies.trial_types.same_different import SameDifferent
from studies.trial_types.two_afc import TwoAfc
from studies.trial_types.wording import OWN_PACE, SET_PACE, STANDARD_WORDS, Text, Words
from studies.trial_types.yes_no import YesNo
from studies.trial_types.yes_no_confidence import YesNoConfidence

_ALL: tuple[TrialType, ...] = (
    *(YesNo(), YesNoConfidence(), Rating(), TwoAfc(), SameDifferent()),
    *(DegradationRating(), Flicker(), MarkedPlace()),
)

TRIAL_TYPES: dict[str, TrialType] = {trial_type.key: trial_type for trial_type in _ALL}

__all__ = [
    "OWN_PACE",
    "SET_PACE",
    "STANDARD_WORDS",
    "TRIAL_TYPES",
    "Buttons",
    "Choice",
    "Judgement",
    "Text",
    "TrialType",
    "Words",
    "trial_type_choices",
]


def trial_type_choices() -> list[tuple[str, str]]:
    """Return key and title of every trial type, for the researcher's form."""
    return [(trial_type.key, trial_type.title) for trial_type in _ALL]

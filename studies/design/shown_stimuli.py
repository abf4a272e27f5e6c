"""What a study shows, and what each stimulus is of: read as columns, for drawing orders and for the table of answers.

On the truth's side. Of a pool there may be tens of thousands: no model is made of any.
"""

from collections.abc import Collection
from dataclasses import dataclass

from studies.models.stimulus import stimulus_name
from studies.models.study import Study
from studies.models.truth import Truth


@dataclass(frozen=True, slots=True)
class ShownStimulus:
    """One stimulus, and what it is of.

    Attributes
    ----------
    key
        Its primary key; what exports call it follows from its `number`.
    subset
        Of which set of images of the series it is, from 0.
    strength
        Of its image pairs, in 8-bit levels, whether it is perturbed or not.
    """

    key: int
    number: int
    perturbed: bool
    role: str
    subset: int
    pair: int
    pair_set: int
    strength: float
    image: str
    dataset: int
    lesion: str
    diagnosis: str

    @property
    def name(self) -> str:
        """As exports name it."""
        return stimulus_name(self.number)

    @property
    def lesion_in_dataset(self) -> str:
        """A name of the lesion that no other dataset has."""
        return f"{self.dataset}/{self.lesion}"


def shown_stimuli(study: Study, *, roles: Collection[str] = Truth.Role.values) -> list[ShownStimulus]:
    """Return the stimuli of a study that have one of some roles (one query)."""
    truths = Truth.objects.filter(stimulus__study=study, role__in=roles).values_list(
        *("stimulus_id", "stimulus__number", "perturbed", "role", "subset"),
        *("pair_id", "pair__pair_set_id", "pair__pair_set__strength"),
        *("pair__image__name", "pair__image__dataset_id", "pair__image__lesion", "pair__image__diagnosis"),
    )
    return [ShownStimulus(*columns) for columns in truths]

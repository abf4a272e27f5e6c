"""What a study shows, and what each stimulus is of: read as columns, for drawing orders and for the table of answers.

On the truth's side. Of a pool there may be tens of thousands: no model is made of any.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from studies.design.stimulus_selection import SelectedStimulus
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


def shown_stimuli(study: Study) -> list[ShownStimulus]:
    """Return the stimuli of a study in the order of their numbers (one query)."""
    truths = (
        Truth.objects.filter(stimulus__study=study)
        .order_by("stimulus__number")
        .values_list(
            *("stimulus_id", "stimulus__number", "perturbed", "role", "subset"),
            *("pair_id", "pair__pair_set_id", "pair__pair_set__strength"),
            *("pair__image__name", "pair__image__dataset_id", "pair__image__lesion", "pair__image__diagnosis"),
        )
    )
    return [ShownStimulus(*columns) for columns in truths]


def stimuli_to_come(selected: Sequence[SelectedStimulus]) -> list[ShownStimulus]:
    """Return the stimuli that will be made of a selection, as `shown_stimuli` will; their keys are not known yet."""
    return [
        ShownStimulus(
            key=0,
            number=number,
            perturbed=item.perturbed,
            role=item.role,
            subset=item.subset,
            pair=item.pair.pk,
            pair_set=item.pair.pair_set_id,
            strength=item.pair.pair_set.strength,
            image=item.pair.image.name,
            dataset=item.pair.image.dataset_id,
            lesion=item.pair.image.lesion,
            diagnosis=item.pair.image.diagnosis,
        )
        for number, item in enumerate(selected, start=1)
    ]

"""Which pairs of a pair set are looked at: of one class, fooled or not."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q, QuerySet

from ml.models import ImagePair, PairSet

FOOLED = "yes"
NOT_FOOLED = "no"


class PairFilter(forms.Form):
    """Choices for a pair set; what the address says and this pair set has not is left out."""

    diagnosis = forms.ChoiceField(required=False, label="Class")
    fooled = forms.ChoiceField(required=False, label="Effect")

    def __init__(self, data: Any, *, pair_set: PairSet) -> None:
        """Offer the classes that have pairs, and the effect where it was measured."""
        super().__init__(data)
        self.pair_set = pair_set
        names = pair_set.pairs.order_by("image__diagnosis").values_list("image__diagnosis", flat=True).distinct()
        self._offer("diagnosis", [("", "all"), *((name, name) for name in names)])
        self.evaluated = hasattr(pair_set, "evaluation")
        effects = [(FOOLED, "fooled"), (NOT_FOOLED, "not fooled")] if self.evaluated else []
        self._offer("fooled", [("", "all"), *effects])
        self.is_valid()

    def pairs(self) -> QuerySet[ImagePair]:
        """Return the pairs that pass, in the order of the page.

        Fooled is an image not of the target class that is read as the target class after the attack.
        """
        pairs = self.pair_set.pairs.select_related("image").order_by("pk")
        if diagnosis := self.cleaned_data.get("diagnosis"):
            pairs = pairs.filter(image__diagnosis=diagnosis)
        target = self.pair_set.attack.target_class
        effect = self.cleaned_data.get("fooled")
        if effect:
            read_as_target = Q(perturbed_prediction=target)
            pairs = pairs.exclude(image__diagnosis=target)
            pairs = pairs.filter(read_as_target if effect == FOOLED else ~read_as_target)
        return pairs

    @property
    def query(self) -> str:
        """The choices as part of an address, with an ampersand at its end; empty where all pairs pass."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return f"{urlencode(chosen)}&" if chosen else ""

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

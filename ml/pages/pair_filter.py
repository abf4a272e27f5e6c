"""Which pairs of a pair set a page shows, and in which order: by class, by effect, by how visible their change is."""

from urllib.parse import urlencode

from django import forms
from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from ml.images.visibility.measures import MEASURE_OF, MEASURES
from ml.models import ImagePair, PairSet, PairVisibility, Visibility

FOOLED = "yes"


NOT_FOOLED = "no"

MOST_VISIBLE = "most"
LEAST_VISIBLE = "least"


class PairFilter(forms.Form):
    """Choices for a pair set; what the address says and this pair set has not is left out."""

    diagnosis = forms.ChoiceField(required=False, label=gettext_lazy("Class"))
    fooled = forms.ChoiceField(required=False, label=gettext_lazy("Effect"))
    measure = forms.ChoiceField(required=False, label=gettext_lazy("Measure of visibility"))
    low = forms.FloatField(required=False, label=gettext_lazy("From"))
    high = forms.FloatField(required=False, label=gettext_lazy("To"))
    order = forms.ChoiceField(required=False, label=gettext_lazy("Order"))

    def __init__(self, data: QueryDict, *, pair_set: PairSet) -> None:
        """Offer the classes that have pairs, and the effect and the visibility where they were measured."""
        super().__init__(data)
        self.pair_set = pair_set
        names = pair_set.pairs.order_by("image__diagnosis").values_list("image__diagnosis", flat=True).distinct()
        self._offer("diagnosis", [("", gettext("all")), *((name, name) for name in names)])
        self.evaluated = hasattr(pair_set, "evaluation") and bool(pair_set.evaluation.table)
        effects = [(FOOLED, gettext("fooled")), (NOT_FOOLED, gettext("not fooled"))] if self.evaluated else []
        self._offer("fooled", [("", gettext("all")), *effects])
        measured = _measured_of(pair_set)
        self.measured = bool(measured)
        self._offer("measure", measured)
        orders = [(MOST_VISIBLE, gettext("most visible first")), (LEAST_VISIBLE, gettext("least visible first"))]
        self._offer("order", [("", gettext("as they were made")), *(orders if measured else [])])
        self.is_valid()

    def pairs(self) -> QuerySet[ImagePair]:
        """Return the pairs that pass, in the order that was chosen, each with its image and its visibility.

        Fooled is an image not of the target class that is read as the target class after the attack; where the attack
        has none, an image that is read as another class than before.
        """
        pairs = self.pair_set.pairs.select_related("image", "visibility")
        if diagnosis := self.cleaned_data.get("diagnosis"):
            pairs = pairs.filter(image__diagnosis=diagnosis)
        target = self.pair_set.attack.target_class
        effect = self.cleaned_data.get("fooled")
        if effect:
            pairs = pairs.exclude(image__diagnosis=target)
            pairs = pairs.filter(self.fooled_pairs if effect == FOOLED else ~self.fooled_pairs)
        return pairs.filter(self._within).order_by(*self._ordering)

    def around(self, pair: ImagePair) -> tuple[QuerySet[ImagePair], QuerySet[ImagePair]]:
        """Return the pairs that pass before a pair and after it, in the order that was chosen."""
        pairs = self.pairs()
        measure, value = self._ordered_by, self._value_of(pair)
        if measure is None or value is None:
            in_order = pairs.order_by("pk")
            return in_order.filter(pk__lt=pair.pk), in_order.filter(pk__gt=pair.pk)
        column = f"visibility__{measure}"
        smaller, larger, alike = Q((f"{column}__lt", value)), Q((f"{column}__gt", value)), Q((column, value))
        first, last = (larger, smaller) if self._falls else (smaller, larger)
        return (
            pairs.filter(first | (alike & Q(pk__lt=pair.pk))),
            pairs.filter(last | (alike & Q(pk__gt=pair.pk))),
        )

    @property
    def fooled_pairs(self) -> Q:
        """The condition that a pair's image was fooled."""
        if target := self.pair_set.attack.target_class:
            return Q(perturbed_prediction=target) & ~Q(image__diagnosis=target)
        return ~Q(perturbed_prediction=F("clean_prediction"))

    @property
    def query(self) -> str:
        """The choices as part of an address, with an ampersand at its end; empty where all pairs pass, as made."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        if not {"low", "high", "order"} & set(chosen):
            chosen.pop("measure", None)
        return f"{urlencode(chosen)}&" if chosen else ""

    @property
    def _measure(self) -> str | None:
        """The measure by which pairs are chosen or ordered."""
        if not self.measured:
            return None
        return self.cleaned_data.get("measure") or MEASURES[0].key

    @property
    def _within(self) -> Q:
        passes = Q()
        if self._measure is None:
            return passes
        for name, bound in (("low", "gte"), ("high", "lte")):
            value = self.cleaned_data.get(name)
            if value is not None:
                passes &= Q((f"visibility__{self._measure}__{bound}", value))
        return passes

    @property
    def _ordered_by(self) -> str | None:
        return self._measure if self.cleaned_data.get("order") else None

    @property
    def _falls(self) -> bool:
        """Whether the values of the measure fall along the list."""
        most_first = self.cleaned_data.get("order") == MOST_VISIBLE
        return self._ordered_by is not None and MEASURE_OF[self._ordered_by].more_is_more_visible == most_first

    @property
    def _ordering(self) -> tuple[str, ...]:
        if self._ordered_by is None:
            return ("pk",)
        return (f"{'-' if self._falls else ''}visibility__{self._ordered_by}", "pk")

    def _value_of(self, pair: ImagePair) -> float | None:
        if self._ordered_by is None:
            return None
        return PairVisibility.objects.filter(pair=pair).values_list(self._ordered_by, flat=True).first()

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


def _measured_of(pair_set: PairSet) -> list[tuple[str, str]]:
    """Return the measures that the pairs have, and their names; none where they were not measured."""
    visibility = Visibility.objects.filter(pair_set=pair_set).first()
    if visibility is None:
        return []
    return [
        (measure.key, gettext(measure.name))
        for measure in MEASURES
        if visibility.distributions.get(measure.key, {}).get("median") is not None
    ]

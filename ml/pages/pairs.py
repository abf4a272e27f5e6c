"""One image pair, to be looked at closely: clean, perturbed, and the difference (the paper's Figure 3)."""

from typing import Literal
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from ml.images.pixels import decode, encode_png
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.models import ImagePair, PairSet
from ml.pairs.example_figure import AMPLIFIED, enlarged_difference
from perception.core.in_turn import picture_in_turn
from perception.core.picture_response import picture_response

SCALES = (1, 2, 3, 4, 6, 8)
"""Screen pixels per image pixel that the viewer offers."""


@login_required
@require_safe
def pair_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one pair, with the way to those before and after it among the pairs that the filter lets pass."""
    pair = get_object_or_404(ImagePair.objects.select_related("image", "pair_set__attack", "pair_set__dataset"), pk=pk)
    chosen = PairFilter(request.GET, pair_set=pair.pair_set)
    others = chosen.pairs()
    before, after = others.filter(pk__lt=pk), others.filter(pk__gt=pk)
    n_before = before.count()
    context = {
        "pair": pair,
        "pair_set": pair.pair_set,
        "query": chosen.query,
        "previous": before.last(),
        "next": after.first(),
        "place": n_before + 1,
        "n": n_before + after.count() + 1,
        "fooled": ImagePair.objects.filter(pair_set=pair.pair_set, pk=pk).filter(chosen.fooled_pairs).exists(),
        "amplified": AMPLIFIED,
        "scales": SCALES,
    }
    return render(request, "ml/pairs/pair_detail.html", context)


@login_required
@require_safe
@picture_in_turn
def pair_image(request: HttpRequest, pk: int, kind: Literal["clean", "perturbed", "difference"]) -> HttpResponse:
    """Send one twin of a pair as it was made, or the difference between the two, enlarged around mid-grey."""
    pair = get_object_or_404(ImagePair, pk=pk)
    try:
        data = _difference(pair) if kind == "difference" else _stored(pair, kind)
    except (OSError, AlteredFileError):  # nobody shall take for the attack what happened to a file
        raise Http404 from None
    return picture_response(data, content_type="image/png", kept_for=86_400)


def _stored(pair: ImagePair, kind: str) -> bytes:
    if kind == "perturbed":
        return read_unaltered(pair.perturbed_file, pair.perturbed_sha256)
    return read_unaltered(pair.clean_file, pair.clean_sha256)


def _difference(pair: ImagePair) -> bytes:
    clean, perturbed = (decode(_stored(pair, kind)) for kind in ("clean", "perturbed"))
    return encode_png(enlarged_difference(clean, perturbed))


FOOLED = "yes"


NOT_FOOLED = "no"


class PairFilter(forms.Form):
    """Choices for a pair set; what the address says and this pair set has not is left out."""

    diagnosis = forms.ChoiceField(required=False, label=gettext_lazy("Class"))
    fooled = forms.ChoiceField(required=False, label=gettext_lazy("Effect"))

    def __init__(self, data: QueryDict, *, pair_set: PairSet) -> None:
        """Offer the classes that have pairs, and the effect where it was measured."""
        super().__init__(data)
        self.pair_set = pair_set
        names = pair_set.pairs.order_by("image__diagnosis").values_list("image__diagnosis", flat=True).distinct()
        self._offer("diagnosis", [("", gettext("all")), *((name, name) for name in names)])
        self.evaluated = hasattr(pair_set, "evaluation") and bool(pair_set.evaluation.table)
        effects = [(FOOLED, gettext("fooled")), (NOT_FOOLED, gettext("not fooled"))] if self.evaluated else []
        self._offer("fooled", [("", gettext("all")), *effects])
        self.is_valid()

    def pairs(self) -> QuerySet[ImagePair]:
        """Return the pairs that pass, in the order of the page.

        Fooled is an image not of the target class that is read as the target class after the attack; where the attack
        has none, an image that is read as another class than before.
        """
        pairs = self.pair_set.pairs.select_related("image").order_by("pk")
        if diagnosis := self.cleaned_data.get("diagnosis"):
            pairs = pairs.filter(image__diagnosis=diagnosis)
        target = self.pair_set.attack.target_class
        effect = self.cleaned_data.get("fooled")
        if effect:
            pairs = pairs.exclude(image__diagnosis=target)
            pairs = pairs.filter(self.fooled_pairs if effect == FOOLED else ~self.fooled_pairs)
        return pairs

    @property
    def fooled_pairs(self) -> Q:
        """The condition that a pair's image was fooled."""
        if target := self.pair_set.attack.target_class:
            return Q(perturbed_prediction=target) & ~Q(image__diagnosis=target)
        return ~Q(perturbed_prediction=F("clean_prediction"))

    @property
    def query(self) -> str:
        """The choices as part of an address, with an ampersand at its end; empty where all pairs pass."""
        chosen = {name: value for name, value in self.cleaned_data.items() if value}
        return f"{urlencode(chosen)}&" if chosen else ""

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

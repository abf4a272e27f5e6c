"""The researcher's form to make image pairs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy

from ml.models import Attack, Dataset, Image, PairSet
from ml.pages.forms.work import WorkForm, free_name

if TYPE_CHECKING:
    from ml.pairs.making import PairMaking


class PairMakingForm(WorkForm):
    """Which attack perturbs which images."""

    attack = forms.ModelChoiceField(Attack.objects.exclude(kind=Attack.ELSEWHERE).order_by("-pk"), empty_label=None)
    dataset = forms.ModelChoiceField(
        Dataset.objects.order_by("-pk"),
        required=False,
        empty_label=gettext_lazy("the one that the attacked classifier learnt from"),
        help_text=gettext_lazy(
            "Another one shows whether the attack holds on images that are not a split of the same."
        ),
    )
    split = forms.ChoiceField(
        choices=[
            (Image.Split.TRAIN.value, gettext_lazy("Train")),
            (Image.Split.TEST.value, gettext_lazy("Test")),
        ],
        initial=Image.Split.TEST,
        label=gettext_lazy("Side of the split"),
        help_text=gettext_lazy("Which images."),
    )
    limit = forms.IntegerField(
        required=False,
        min_value=1,
        label=gettext_lazy("At most"),
        help_text=gettext_lazy("Images, every class with its share. Left empty: all."),
    )
    visibility = forms.BooleanField(
        required=False,
        label=gettext_lazy("Measure how visible the changes are as well"),
        help_text=gettext_lazy(
            "Once the pairs are made: CIEDE2000, FLIP and SSIMULACRA2 of each, and ColorVideoVDP where the site has it."
        ),
    )
    name = forms.CharField(
        required=False, max_length=100, help_text=gettext_lazy("Left empty: the attack's name and the split.")
    )

    def layout(self) -> Layout:
        """Stand below one another, the short ones side by side."""
        columns = Div(Div("split", css_class="col-sm-6"), Div("limit", css_class="col-sm-6"), css_class="row")
        return Layout("attack", "dataset", columns, "visibility", "name")

    def works(self) -> "Sequence[PairMaking]":
        """Return the making of pairs that the form asks for."""
        from ml.pairs.making import PairMaking  # brings SciPy: not when the server starts

        options = dict(self.cleaned_data)
        options["name"] = options["name"] or free_name(PairSet, f"{options['attack'].name} {options['split']}")
        return [PairMaking(**options)]

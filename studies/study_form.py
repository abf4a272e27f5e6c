"""The researcher's form of a study's design."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms

from ml.models.pair_set import PairSet
from studies.models.study import Study


class StudyForm(forms.ModelForm[Study]):
    """Everything that an observer meets, and what is drawn."""

    class Meta:
        """The design, in the order of the page."""

        model = Study
        fields = [
            "title",
            "question",
            "instructions",
            "consent_text",
            "pair_set",
            "n_perturbed",
            "n_clean",
            "one_lesion_once",
            "scale",
            "display_rule",
            "seed",
            "closes_when_finished",
        ]
        widgets = {
            "instructions": forms.Textarea(attrs={"rows": 7}),
            "consent_text": forms.Textarea(attrs={"rows": 7}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Lay the form out in four sections."""
        super().__init__(*args, **kwargs)
        self.fields["seed"].required = False
        pair_sets = cast("forms.ModelChoiceField[PairSet]", self.fields["pair_set"])
        pair_sets.queryset = PairSet.objects.order_by("-pk")
        if self.instance._state.adding:
            pair_sets.initial = pair_sets.queryset.first()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Fieldset("What observers read", "title", "question", "instructions", "consent_text"),
            Fieldset(
                "Which images",
                "pair_set",
                Div(Div("n_perturbed", css_class="col-sm-6"), Div("n_clean", css_class="col-sm-6"), css_class="row"),
                "one_lesion_once",
            ),
            Fieldset(
                "On the screen",
                Div(Div("scale", css_class="col-sm-6"), Div("display_rule", css_class="col-sm-6"), css_class="row"),
            ),
            Fieldset("Running it", "seed", "closes_when_finished"),
        )

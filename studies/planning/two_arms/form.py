"""The researcher's form of a plan of two arms. Its fields are named as the command's options are."""

from crispy_forms.layout import Fieldset
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from perception.core.form_layout import side_by_side
from studies.planning.form import PlanForm


class TwoArmPlanForm(PlanForm):
    """What observers see in either arm, and with how many images the study is to show that it differs."""

    dprime = forms.FloatField(
        label=gettext_lazy("Mean d′ of the first attack"),
        min_value=-5,
        max_value=5,
        initial=1,
        help_text=gettext_lazy("Such as 1. 0 is guessing."),
    )
    two_arms = forms.FloatField(
        label=gettext_lazy("Mean d′ of the second attack"),
        min_value=-5,
        max_value=5,
        initial=1.5,
        help_text=gettext_lazy("Of the same observers: the smallest difference that matters."),
    )
    likeness = forms.FloatField(
        label=gettext_lazy("Likeness of the attacks"),
        min_value=0,
        max_value=1,
        initial=0.5,
        help_text=gettext_lazy(
            "Correlation, between the attacks, of what observers and images differ by; 0.5 if nothing is known."
        ),
    )
    other_images = forms.BooleanField(
        label=gettext_lazy("Other images of each attack"),
        required=False,
        help_text=gettext_lazy(
            "As in a study of several attacks. Its clean images stand for both, so that it takes a few fewer."
        ),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        """Say what images and level are here."""
        super().__init__(data)
        self.fields["images"].label = gettext("Images of each attack")
        self.fields["level"].help_text = gettext("Empty: 0.95.")

    def claim(self) -> Fieldset:
        """Return the fields of what is to be shown."""
        return Fieldset(
            gettext("The claim: two attacks differ"), side_by_side("dprime", "two_arms"), "observers_random"
        )

    def differences(self) -> Fieldset:
        """Return the fields of what images, observers and arms differ by."""
        return Fieldset(
            gettext("How images, observers and attacks differ"),
            side_by_side("icc", "image_sd"),
            side_by_side("observer_sd", "likeness"),
            "other_images",
        )

    def check_claim(self) -> None:
        """Add that there is nothing to show where the arms do not differ."""
        given = self.cleaned_data
        if "two_arms" in given and given.get("dprime") == given["two_arms"]:
            self.add_error(
                "two_arms",
                gettext("Give another d′ than of the first attack: between equal ones there is nothing to show."),
            )

"""How the images are viewed whose visibility is measured, as the pair set's page asks for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from ml.images.visibility.colorvideovdp import is_set_up
from ml.images.visibility.viewing import DEFAULT_PIXELS_PER_DEGREE, MOST_PIXELS_PER_DEGREE


class ViewingForm(forms.Form):
    """Pixels in a degree of the visual angle; left empty, FLIP's own default."""

    pixels_per_degree = forms.FloatField(
        required=False,
        min_value=1,
        max_value=MOST_PIXELS_PER_DEGREE,
        initial=DEFAULT_PIXELS_PER_DEGREE,
        label=gettext_lazy("Pixels per degree"),
    )

    colorvideovdp = forms.BooleanField(
        required=False,
        initial=True,
        label=gettext_lazy("by ColorVideoVDP, too"),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer ColorVideoVDP where the site has it."""
        super().__init__(*args, **kwargs)
        if not is_set_up():
            del self.fields["colorvideovdp"]

    @property
    def asks_for_colorvideovdp(self) -> bool:
        """Whether it is asked for; to be looked at once the form is valid."""
        return bool(self.cleaned_data.get("colorvideovdp"))

    def stated(self) -> float:
        """Return what was stated; to be called once the form is valid."""
        found = self.cleaned_data["pixels_per_degree"]
        return DEFAULT_PIXELS_PER_DEGREE if found is None else float(found)

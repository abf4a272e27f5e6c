"""How the images are viewed whose visibility is measured, as the pair set's page asks for it."""

from django import forms
from django.utils.translation import gettext_lazy

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

    def stated(self) -> float:
        """Return what was stated; to be called once the form is valid."""
        found = self.cleaned_data["pixels_per_degree"]
        return DEFAULT_PIXELS_PER_DEGREE if found is None else float(found)

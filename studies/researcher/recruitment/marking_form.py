"""The researcher's form for rejecting sessions, or marking them as given back."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy

from studies.models.session import Rejection

RETURNED = "returned"


class MarkingForm(forms.Form):
    """Who is meant, one a line, and what is said of their sessions."""

    people = forms.CharField(
        label=gettext_lazy("Whose sessions"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line: an observer’s label, or their id at the recruiter."),
    )
    what = forms.ChoiceField(
        label=gettext_lazy("What is said of them"),
        choices=[
            (gettext_lazy("rejected: the session"), Rejection.choices),
            (RETURNED, gettext_lazy("given back to the recruiter")),
        ],
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Leave the form tag to the page."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_people(self) -> list[str]:
        """Return the lines that are not empty."""
        text: str = self.cleaned_data["people"]
        return [line.strip() for line in text.splitlines() if line.strip()]

"""The researcher's form for inviting observers."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy


class InvitationForm(forms.Form):
    """One label a line."""

    labels = forms.CharField(
        label=gettext_lazy("New observers, one a line"),
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": gettext_lazy("Observer 3\nObserver 4")}),
        help_text=gettext_lazy(
            "A pseudonym for each; the report names observers by it. Each gets a link of their own."
        ),
    )

    def __init__(self, *args: object, required: bool = True, **kwargs: object) -> None:
        """Leave the form tag to the page; where it stands in another form, it may be left empty."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["labels"].required = required
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_labels(self) -> list[str]:
        """Return the lines that are not empty."""
        text: str = self.cleaned_data["labels"]
        return [line.strip() for line in text.splitlines() if line.strip()]

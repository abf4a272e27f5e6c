"""The researcher's form for inviting observers."""

from collections.abc import Sequence

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext, gettext_lazy


class InvitationForm(forms.Form):
    """One label a line, and the group of all of them where the study has groups."""

    labels = forms.CharField(
        label=gettext_lazy("New observers, one a line"),
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": gettext_lazy("Observer 3\nObserver 4")}),
        help_text=gettext_lazy(
            "A pseudonym for each; the report names observers by it. Each gets a link of their own."
        ),
    )

    group = forms.ChoiceField(
        label=gettext_lazy("Their group"),
        required=False,
        help_text=gettext_lazy("It can be changed as long as a person has not begun."),
    )

    def __init__(self, *args: object, required: bool = True, groups: Sequence[str] = (), **kwargs: object) -> None:
        """Leave the form tag to the page; where it stands in another form, it may be left empty.

        Parameters
        ----------
        groups
            The groups that somebody who is invited can be in.
        """
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["labels"].required = required
        group = self.fields["group"]
        if groups and isinstance(group, forms.ChoiceField):
            group.choices = [("", gettext("not known yet")), *((name, name) for name in groups)]
        else:
            del self.fields["group"]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_labels(self) -> list[str]:
        """Return the lines that are not empty."""
        text: str = self.cleaned_data["labels"]
        return [line.strip() for line in text.splitlines() if line.strip()]

    @property
    def groups(self) -> list[str]:
        """The group of each label, once the form is valid."""
        return [self.cleaned_data.get("group", "")] * len(self.cleaned_data["labels"])

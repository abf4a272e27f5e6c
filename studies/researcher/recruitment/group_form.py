"""The researcher's form for putting observers into a group, or into another one."""

from collections.abc import Sequence

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext, gettext_lazy


class GroupForm(forms.Form):
    """Who is meant, one a line, and the group."""

    labels = forms.CharField(
        label=gettext_lazy("Who"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One a line: the label of an observer who has not begun."),
    )
    group = forms.ChoiceField(label=gettext_lazy("Their group"), required=False)

    def __init__(self, *args: object, groups: Sequence[str], **kwargs: object) -> None:
        """Offer a study's groups, and leave the form tag to the page."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        group = self.fields["group"]
        if isinstance(group, forms.ChoiceField):
            group.choices = [("", gettext("not known yet")), *((name, name) for name in groups)]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_labels(self) -> list[str]:
        """Return the lines that are not empty."""
        text: str = self.cleaned_data["labels"]
        return [line.strip() for line in text.splitlines() if line.strip()]

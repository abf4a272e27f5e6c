"""The researcher's form for an external classifier, which somebody else trained."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.utils.translation import gettext, gettext_lazy

from ml.models import Classifier, Dataset
from ml.pages.forms.server_path import ServerPathField
from ml.pages.forms.work import WorkForm, free_name

if TYPE_CHECKING:
    from ml.classifiers.external import ExternalClassifierImport


class NumbersField(forms.CharField):
    """Numbers with commas between them."""

    def clean(self, value: object) -> list[float]:
        """Return the numbers."""
        return read_numbers(super().clean(value))


class ExternalClassifierForm(WorkForm):
    """A Keras file, and what is to be known of it to use it."""

    dataset = forms.ModelChoiceField(
        Dataset.objects.order_by("-pk"),
        empty_label=None,
        help_text=gettext_lazy(
            "Its test images measure the classifier; attacks on the classifier learn from its images."
        ),
    )
    file = ServerPathField(
        command="add_classifier",
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Path on the server of a .keras file, or of the .h5 of a whole network."),
    )
    name = forms.CharField(
        required=False, max_length=100, help_text=gettext_lazy("Left empty: the dataset's name and the file's.")
    )
    classes = forms.CharField(
        help_text=gettext_lazy(
            "The dataset's class codes in the order of the network's outputs, with commas between them."
        )
    )
    value_range = NumbersField(
        initial="0, 255",
        label=gettext_lazy("Range"),
        help_text=gettext_lazy(
            "What the network wants black and white to be; or six numbers, black and then white by channel."
        ),
    )
    size = forms.CharField(
        required=False,
        label=gettext_lazy("Input size"),
        help_text=gettext_lazy("Height and width in pixels, such as 224x224. Left empty: what the file says."),
    )
    side = forms.IntegerField(
        required=False,
        min_value=1,
        label=gettext_lazy("Side"),
        help_text=gettext_lazy(
            "Of the square images that are attacked and shown. Left empty: the larger of height and width."
        ),
    )
    bgr = forms.BooleanField(required=False, label=gettext_lazy("Its channels are blue, green, red"))
    logits = forms.BooleanField(required=False, label=gettext_lazy("Its outputs are logits, not probabilities"))
    image_input = forms.CharField(
        required=False,
        label=gettext_lazy("Image input"),
        help_text=gettext_lazy("Which input takes the image, if several could."),
    )
    inputs = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        label=gettext_lazy("Other inputs"),
        help_text=gettext_lazy("The values at which other inputs are held: one a line, such as age=0.5 or sex=1,0,0."),
    )

    option_fields = {"range": "value_range", "input": "inputs"}

    def layout(self) -> Layout:
        """Stand in three sections."""
        return Layout(
            Fieldset(gettext("What it is"), "file", "dataset", "name"),
            Fieldset(gettext("What it says"), "classes", "logits"),
            Fieldset(
                gettext("What it wants"),
                Div(Div("size", css_class="col-sm-6"), Div("side", css_class="col-sm-6"), css_class="row"),
                "value_range",
                "bgr",
                "image_input",
                "inputs",
            ),
        )

    def clean_classes(self) -> list[str]:
        """Return the codes."""
        return [code.strip() for code in self.cleaned_data["classes"].strip(" ,").split(",")]

    def clean_size(self) -> list[int] | None:
        """Return height and width; None where they are left to the file."""
        text = self.cleaned_data["size"]
        if not text:
            return None
        found = re.fullmatch(r"(\d{1,5})(?:\s*[x×]\s*(\d{1,5}))?", text.lower())
        if found is None:
            raise forms.ValidationError(gettext("Give height x width in pixels, such as 224x224."))
        return [int(found[1]), int(found[2] or found[1])]

    def clean_inputs(self) -> dict[str, list[float]]:
        """Return the values of each other input."""
        held: dict[str, list[float]] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["inputs"].splitlines())):
            name, equals, values = line.rpartition("=")
            if not (name.strip() and equals):
                raise forms.ValidationError(
                    gettext("Give a name, = and numbers, such as age=0.5; not “%(line)s”.") % {"line": line}
                )
            if name.strip() in held:
                raise forms.ValidationError(
                    gettext("The input %(strip)s stands there twice.") % {"strip": name.strip()}
                )
            held[name.strip()] = read_numbers(values)
        return held

    def works(self) -> "Sequence[ExternalClassifierImport]":
        """Return the import that the form asks for."""
        from ml.classifiers.external import ExternalClassifierImport  # brings SciPy: not when the server starts

        options = dict(self.cleaned_data)
        name = options["name"] or free_name(Classifier, f"{options['dataset'].name} {Path(options['file']).stem}")
        image_input = options["image_input"] or None
        return [ExternalClassifierImport(**(options | {"name": name, "image_input": image_input}))]


def read_numbers(text: str) -> list[float]:
    """Read numbers with commas between them.

    Raises
    ------
    ValidationError
        Something else stands there.
    """
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise forms.ValidationError(
            gettext("Give numbers with commas between them, such as 0, 255; not “%(text)s”.") % {"text": text}
        ) from None

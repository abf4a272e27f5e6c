"""The researcher's form to bring in pairs that another program perturbed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.translation import gettext, gettext_lazy

from ml.errors import MlError
from ml.models import Dataset
from ml.pages.forms.dataset import FIT_LABELS
from ml.pages.forms.server_path import ServerPathField
from ml.pages.forms.uploaded_files import UPLOAD_PARTS, UploadedFilesForm
from perception.core.form_layout import side_by_side

if TYPE_CHECKING:
    from ml.pairs.elsewhere.importing import PairImport


class PairImportForm(UploadedFilesForm):
    """Where the pairs are, what made them, and what is done where twins differ in more than the attack."""

    path_field = "source"

    source = ServerPathField(
        required=False,
        label=gettext_lazy("Or a folder, zip or table on the server"),
        help_text=gettext_lazy("Its path. With clean and perturbed in it, the same names in both; or with a table."),
        command="import_pairs",
    )
    table = ServerPathField(
        label=gettext_lazy("A table on the server"),
        required=False,
        help_text=gettext_lazy("Path of a CSV, where it lies elsewhere."),
        command="import_pairs",
    )
    name = forms.CharField(
        max_length=80, help_text=gettext_lazy("Of attack and pairs; of several strengths each one's is added.")
    )
    made_by = forms.CharField(
        label=gettext_lazy("What perturbed the images"),
        help_text=gettext_lazy("Program, version and attack, for the report."),
    )
    reference = forms.CharField(required=False, help_text=gettext_lazy("Where that attack is described."))
    classifier = forms.CharField(
        required=False,
        max_length=100,
        label=gettext_lazy("Classifier"),
        help_text=gettext_lazy("What the attack was made against, by its name."),
    )
    target_class = forms.CharField(
        required=False,
        max_length=50,
        label=gettext_lazy("Target class"),
        help_text=gettext_lazy("Left empty: any wrong class."),
    )
    strength = forms.CharField(
        required=False,
        label=gettext_lazy("Strength"),
        help_text=gettext_lazy("In 8-bit levels: 8 or 8/255. Left empty: as the table says, or as measured."),
    )
    dataset = forms.ModelChoiceField(
        Dataset.objects.order_by("-pk"),
        required=False,
        empty_label=gettext_lazy("a new dataset, made of them"),
        label=gettext_lazy("The clean images are those of"),
    )
    credit = forms.CharField(required=False, help_text=gettext_lazy("Who made the images, and under which licence."))
    size = forms.IntegerField(
        required=False,
        min_value=11,
        label=gettext_lazy("Side"),
        help_text=gettext_lazy("In pixels, for both. Left empty: none is resampled."),
    )
    fit = forms.ChoiceField(
        choices=[(fit.value, FIT_LABELS[fit]) for fit in Dataset.Fit],
        initial=Dataset.Fit.CROP,
        required=False,
        label=gettext_lazy("Images that are not square"),
    )
    compression = forms.ChoiceField(
        choices=[
            ("refuse", gettext_lazy("Refuse them")),
            ("decoded", gettext_lazy("Take both as they decode")),
            ("jpeg", gettext_lazy("Send all twins through one JPEG")),
        ],
        initial="refuse",
        required=False,
        label=gettext_lazy("Compressed on one side, or otherwise"),
        help_text=gettext_lazy("As they decode is right where the perturbed one was made from the decoded clean one."),
    )
    quality = forms.IntegerField(
        required=False, initial=95, min_value=1, max_value=100, label=gettext_lazy("Quality of that JPEG")
    )
    colours = forms.ChoiceField(
        choices=[
            ("refuse", gettext_lazy("Refuse them")),
            ("clean", gettext_lazy("What the clean one says holds for both")),
            ("each", gettext_lazy("Convert each by what it says")),
        ],
        initial="refuse",
        required=False,
        label=gettext_lazy("Different colour profiles"),
    )
    depth = forms.ChoiceField(
        choices=[("refuse", gettext_lazy("Refuse them")), ("eight", gettext_lazy("Bring both to 8 bits"))],
        initial="refuse",
        required=False,
        label=gettext_lazy("Different bit depths"),
    )

    def layout(self) -> Layout:
        """Stand in the order in which they matter; what is done about unequal twins last."""
        return Layout(
            Fieldset(gettext("The pairs"), *UPLOAD_PARTS, "source", "table", "name", "dataset", "credit"),
            Fieldset(
                gettext("The attack"),
                "made_by",
                "reference",
                "classifier",
                side_by_side("target_class", "strength"),
            ),
            Fieldset(gettext("Squares"), side_by_side("size", "fit")),
            Fieldset(
                gettext("Twins that differ in more than the attack"),
                side_by_side("compression", "quality"),
                side_by_side("colours", "depth"),
            ),
        )

    def clean_strength(self) -> float | None:
        """Read the strength as tables write it."""
        from ml.pairs.elsewhere.strength_text import read_strength

        try:
            return read_strength(self.cleaned_data["strength"])
        except MlError as error:
            raise forms.ValidationError(str(error)) from error

    def works(self) -> "Sequence[PairImport]":
        """Return the import that the form asks for."""
        from ml.pairs.elsewhere.importing import PairImport  # brings SciPy: not when the server starts

        # What is left empty is left to its default.
        options = {
            name: value for name, value in self.cleaned_data.items() if name != "upload" and value not in {None, ""}
        }
        if "dataset" in options:
            options["dataset"] = str(options["dataset"])
        return [PairImport(**options)]

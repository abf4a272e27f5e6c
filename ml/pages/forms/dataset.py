"""The researcher's forms to bring images: from the HAM10000 archive, from a folder, or drawn."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy, gettext_noop

from ml.models import Dataset
from ml.pages.forms.server_path import ServerPathField
from ml.pages.forms.uploaded_files import UPLOAD_PARTS, UploadedFilesForm
from ml.pages.forms.work import WorkForm
from perception.core.form_layout import side_by_side

if TYPE_CHECKING:
    from ml.datasets.import_run import DatasetImporting

PATH_HELP = gettext_lazy("Its path on the server.")
TEST_SHARE_HELP = gettext_lazy("Of all images. The paper took 0.2; 1 is for images that only test.")
FIT_LABELS = {
    Dataset.Fit.CROP: gettext_lazy("Crop to the square in the middle"),
    Dataset.Fit.PAD: gettext_lazy("Pad with black"),
    Dataset.Fit.SQUEEZE: gettext_lazy("Squeeze, as the paper does"),
}
GUESSED = gettext_lazy("Of the table of labels. Left empty: guessed, and told.")
SEED_HELP = gettext_lazy("Of the split. The same seed gives the same split.")


class DatasetForm(WorkForm):
    """What all sources are asked: the dataset's name and how it is split."""

    source: ClassVar[Dataset.Source]
    title: ClassVar[str]
    explained: ClassVar[str]

    name = forms.CharField(max_length=100)
    group_by_lesion = forms.BooleanField(
        required=False,
        label=gettext_lazy("Keep all images of a lesion on one side of the split"),
        help_text=gettext_lazy(
            "A plain split, as in the paper, makes a classifier look better than it is on new lesions."
        ),
    )
    seed = forms.IntegerField(initial=0, help_text=SEED_HELP)

    def works(self) -> "Sequence[DatasetImporting]":
        """Return the import that the form asks for."""
        from ml.datasets.import_run import DatasetImporting  # brings SciPy: not when the server starts

        # What is left empty is left to its default.
        options = {
            name: value for name, value in self.cleaned_data.items() if name != "upload" and value not in {None, ""}
        }
        return [DatasetImporting(source=self.source, **options)]


class ReadForm(UploadedFilesForm, DatasetForm):
    """What is asked where images are read from files."""

    path_field = "folder"

    test_share = forms.FloatField(
        initial=0.2, label=gettext_lazy("Share of the test images"), help_text=TEST_SHARE_HELP
    )
    fit = forms.ChoiceField(
        choices=[(fit.value, FIT_LABELS[fit]) for fit in Dataset.Fit],
        initial=Dataset.Fit.CROP,
        required=False,
        label=gettext_lazy("Images that are not square"),
        help_text=gettext_lazy("Networks and observers see squares."),
    )
    least_side = forms.IntegerField(
        required=False,
        initial=16,
        min_value=1,
        label=gettext_lazy("Least side"),
        help_text=gettext_lazy("In pixels. Images with a shorter side are refused."),
    )
    bits = forms.IntegerField(
        required=False,
        min_value=9,
        max_value=16,
        label=gettext_lazy("Bits of 16-bit images"),
        help_text=gettext_lazy("How many of them are used, such as 12. Left empty: all."),
    )


class Ham10000Form(ReadForm):
    """The public archive."""

    source = Dataset.Source.HAM10000
    title = gettext_noop("The HAM10000 archive")
    explained = gettext_noop("As it is distributed: its two zips or the unpacked folders, with HAM10000_metadata.csv.")

    name = forms.CharField(max_length=100, initial="ham10000")
    folder = ServerPathField(
        required=False, label=gettext_lazy("Or a folder on the server"), help_text=PATH_HELP, command="import_ham10000"
    )

    def layout(self) -> Layout:
        """Stand in the order in which they matter."""
        return Layout(
            *UPLOAD_PARTS,
            "folder",
            "name",
            side_by_side("test_share", "seed"),
            "group_by_lesion",
            side_by_side("fit", "least_side"),
            "bits",
        )


class FolderForm(ReadForm):
    """Images of one's own."""

    source = Dataset.Source.FOLDER
    title = gettext_noop("A folder of images")
    explained = gettext_noop(
        "With one folder in it for each diagnosis, or train, val and test with the diagnoses in each; or with a table "
        "that says what each image shows."
    )

    folder = ServerPathField(
        required=False,
        label=gettext_lazy("Or a folder or zip on the server"),
        help_text=PATH_HELP,
        command="import_folder",
    )
    labels = ServerPathField(
        command="import_folder",
        required=False,
        label=gettext_lazy("Table of labels"),
        help_text=gettext_lazy(
            "Path of a CSV on the server: one row an image. Left empty: the folders say what images show."
        ),
    )
    image_column = forms.CharField(required=False, label=gettext_lazy("Column of images"), help_text=GUESSED)
    label_column = forms.CharField(
        required=False,
        label=gettext_lazy("Column of diagnoses"),
        help_text=gettext_lazy("Or one of 0 and 1 a class, with commas. Empty: guessed."),
    )
    lesion_column = forms.CharField(required=False, label=gettext_lazy("Column of lesions"), help_text=GUESSED)
    split_column = forms.CharField(required=False, label=gettext_lazy("Column of the split"), help_text=GUESSED)
    split = forms.ChoiceField(
        choices=[("given", gettext_lazy("Keep it")), ("drawn", gettext_lazy("Draw another"))],
        initial="given",
        required=False,
        label=gettext_lazy("A split that the images came with"),
    )
    lesions = ServerPathField(
        command="import_folder",
        required=False,
        label=gettext_lazy("Table of lesions"),
        help_text=gettext_lazy(
            "Path of a CSV on the server, columns image and lesion. Left empty: each image is its own."
        ),
    )
    credit = forms.CharField(required=False, help_text=gettext_lazy("Who made the images, and under which licence."))

    def layout(self) -> Layout:
        """Stand in the order in which they matter."""
        return Layout(
            *UPLOAD_PARTS,
            "folder",
            "name",
            "credit",
            "labels",
            side_by_side("image_column", "label_column"),
            side_by_side("lesion_column", "split_column"),
            "lesions",
            "split",
            side_by_side("test_share", "seed"),
            "group_by_lesion",
            side_by_side("fit", "least_side"),
            "bits",
        )


class SyntheticForm(DatasetForm):
    """Drawn lesions."""

    source = Dataset.Source.SYNTHETIC
    title = gettext_noop("Synthetic lesions")
    explained = gettext_noop("Drawn by this program, of the seven kinds of HAM10000. They show no real skin.")

    name = forms.CharField(max_length=100, initial="synthetic")
    train = forms.IntegerField(initial=800, label=gettext_lazy("Images to train on"))
    test = forms.IntegerField(initial=280, label=gettext_lazy("Images to test on"))
    size = forms.IntegerField(initial=96, label=gettext_lazy("Side"), help_text=gettext_lazy("In pixels, 64 to 512."))
    group_by_lesion = forms.BooleanField(
        required=False, initial=True, label=gettext_lazy("Keep all images of a lesion on one side of the split")
    )
    seed = forms.IntegerField(initial=0, help_text=gettext_lazy("Of the drawing and of the split."))

    def layout(self) -> Layout:
        """Stand in the order in which they matter."""
        return Layout("name", side_by_side("train", "test"), side_by_side("size", "seed"), "group_by_lesion")


FORMS: dict[str, type[DatasetForm]] = {form.source.value: form for form in (FolderForm, Ham10000Form, SyntheticForm)}

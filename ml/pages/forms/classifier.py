"""The researcher's form to train a classifier."""

from collections.abc import Sequence

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from ml.classifiers.architectures import ARCHITECTURES, EXTERNAL
from ml.classifiers.training import LARGEST_IMAGE_SIZE, ClassifierTraining
from ml.models import Classifier, Dataset
from ml.pages.forms.server_path import ServerPathField
from ml.pages.forms.work import WorkForm, free_name
from perception.core.form_layout import side_by_side


class ClassifierForm(WorkForm):
    """What a classifier learns from, what it is, and how long it learns."""

    dataset = forms.ModelChoiceField(Dataset.objects.order_by("-pk"), empty_label=None)
    name = forms.CharField(
        required=False, max_length=100, help_text=gettext_lazy("Left empty: the dataset's name and the architecture's.")
    )
    architecture = forms.ChoiceField(
        choices=[
            (name, format_lazy("{} – {}", name, gettext_lazy(one.description))) for name, one in ARCHITECTURES.items()
        ],
    )
    image_size = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_IMAGE_SIZE,
        label=gettext_lazy("Image size"),
        help_text=gettext_lazy(
            "Side of the square input, in pixels. Left empty: the architecture's own, or that of what it goes on from."
        ),
    )
    epochs = forms.FloatField(
        initial=8, label=gettext_lazy("Epochs"), help_text=gettext_lazy("Passes over the train images.")
    )
    steps = forms.IntegerField(
        required=False,
        min_value=1,
        label=gettext_lazy("Steps"),
        help_text=gettext_lazy("Number of batches; if given, instead of the epochs."),
    )
    batch_size = forms.IntegerField(
        initial=16, min_value=1, label=gettext_lazy("Batch size"), help_text=gettext_lazy("Images a step.")
    )
    learning_rate = forms.FloatField(
        required=False,
        label=gettext_lazy("Learning rate"),
        help_text=gettext_lazy("Adam's, at its peak. Left empty: the architecture's own."),
    )
    recompute = forms.TypedChoiceField(
        choices=(
            ("", gettext_lazy("where a batch needs much memory")),
            ("yes", gettext_lazy("yes")),
            ("no", gettext_lazy("no")),
        ),
        coerce=lambda said: said == "yes",
        empty_value=None,
        required=False,
        label=gettext_lazy("Recompute"),
        help_text=gettext_lazy(
            "What the layers give is computed again instead of being kept: the same training in less memory and more "
            "time."
        ),
    )
    weights = ServerPathField(
        command="train_classifier",
        words=("imagenet", "random"),
        required=False,
        label=gettext_lazy("Starts from"),
        help_text=gettext_lazy(
            "Left empty: random weights. For DenseNet-121 and -201, “imagenet” (fetched once, where "
            "there is a network) or the path of a weights file on the server; for backbone, the path "
            "of its .keras file."
        ),
    )
    continue_from = forms.ModelChoiceField(
        Classifier.objects.exclude(architecture=EXTERNAL).order_by("-pk"),
        required=False,
        empty_label=gettext_lazy("nothing"),
        label=gettext_lazy("Goes on from"),
        help_text=gettext_lazy(
            "A classifier of the same dataset and architecture, whose training is gone on with; the image size may be "
            "another."
        ),
    )
    weights_low = forms.FloatField(
        initial=0, label=gettext_lazy("Black"), help_text=gettext_lazy("For backbone: what it wants black to be.")
    )
    weights_high = forms.FloatField(
        initial=1, label=gettext_lazy("White"), help_text=gettext_lazy("For backbone: what it wants white to be.")
    )
    seed = forms.IntegerField(
        initial=0, help_text=gettext_lazy("The same seed on the same machine gives the same classifier.")
    )

    option_fields = {"weights-range": "weights_low"}

    def layout(self) -> Layout:
        """Stand in four sections."""
        return Layout(
            Fieldset(gettext("What it learns from"), "dataset", "name"),
            Fieldset(gettext("What it is"), "architecture", side_by_side("image_size", "seed")),
            Fieldset(
                gettext("How it learns"),
                side_by_side("epochs", "steps"),
                side_by_side("batch_size", "learning_rate"),
                "recompute",
            ),
            Fieldset(
                gettext("What it starts from"),
                "weights",
                side_by_side("weights_low", "weights_high"),
                *self.where_offered("continue_from"),
            ),
        )

    def works(self) -> Sequence[ClassifierTraining]:
        """Return the training that the form asks for."""
        options = dict(self.cleaned_data)
        dataset: Dataset = options["dataset"]
        options["name"] = options["name"] or free_name(Classifier, f"{dataset.name} {options['architecture']}")
        options["weights"] = None if options["weights"] in {"", "random"} else options["weights"]
        return [ClassifierTraining(**options)]

"""Options and provenance, as lines of text for a page."""

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from ml.classifiers.stored_options import BEGAN_WITH, EARLIER, EarlierTraining, earlier_trainings
from ml.datasets.sent_files import uid_in
from perception.core.formatting import duration, localized

# What stands elsewhere on the page, or says nothing to a person.
UNSAID = frozenset({"uid", "name", "study", "fingerprint"})
PACKAGES = {
    "perception": gettext_noop("This program"),
    "source_sha256": gettext_noop("Its source, SHA-256"),
    "numpy": "NumPy",
    "scipy": "SciPy",
    "tensorflow": "TensorFlow",
    "scikit-image": "scikit-image",
    "flip-evaluator": "flip-evaluator",
    "ssimulacra2": "SSIMULACRA2",
    "cvvdp": "ColorVideoVDP",
    "cvvdp display": gettext_noop("display of ColorVideoVDP"),
    "torch": "PyTorch",
}
INITIALS = {"ssim": "SSIM", "sha256": "SHA-256", "psnr": "PSNR", "colorvideovdp": "ColorVideoVDP"}


OPTION_TITLES = (
    gettext_noop("Architecture"),
    gettext_noop("Attack"),
    gettext_noop("Batch size"),
    gettext_noop("Began with"),
    gettext_noop("Bgr"),
    gettext_noop("Bits"),
    gettext_noop("Brightness"),
    gettext_noop("By"),
    gettext_noop("Class step"),
    gettext_noop("Classes"),
    gettext_noop("Classifier"),
    gettext_noop("Coarse penalty"),
    gettext_noop("ColorVideoVDP"),
    gettext_noop("Colour penalty"),
    gettext_noop("Colour step"),
    gettext_noop("Colours"),
    gettext_noop("Compression"),
    gettext_noop("Continue from"),
    gettext_noop("Contrast penalty"),
    gettext_noop("Contrast"),
    gettext_noop("Credit"),
    gettext_noop("Crop"),
    gettext_noop("Dataset hash"),
    gettext_noop("Dataset"),
    gettext_noop("Depth"),
    gettext_noop("Distance"),
    gettext_noop("Draw"),
    gettext_noop("Engine"),
    gettext_noop("Epochs"),
    gettext_noop("Eye penalty"),
    gettext_noop("File"),
    gettext_noop("Filters"),
    gettext_noop("Fit"),
    gettext_noop("Folder"),
    gettext_noop("Generations"),
    gettext_noop("Group by lesion"),
    gettext_noop("Image column"),
    gettext_noop("Image input"),
    gettext_noop("Image size"),
    gettext_noop("Images of"),
    gettext_noop("Inputs"),
    gettext_noop("Kind"),
    gettext_noop("Label column"),
    gettext_noop("Labels"),
    gettext_noop("Learning rate"),
    gettext_noop("Least side"),
    gettext_noop("Lesion column"),
    gettext_noop("Lesions"),
    gettext_noop("Limit"),
    gettext_noop("Logits"),
    gettext_noop("Loss"),
    gettext_noop("Made by"),
    gettext_noop("Margin"),
    gettext_noop("Masks"),
    gettext_noop("Masks SHA-256"),
    gettext_noop("Name"),
    gettext_noop("Normalised over"),
    gettext_noop("Pair set"),
    gettext_noop("Pilot"),
    gettext_noop("Pixels per degree"),
    gettext_noop("Pixels"),
    gettext_noop("Population"),
    gettext_noop("Quality"),
    gettext_noop("Random start"),
    gettext_noop("Reason"),
    gettext_noop("Recompute"),
    gettext_noop("Reference"),
    gettext_noop("Report"),
    gettext_noop("Rotation"),
    gettext_noop("SSIM penalty"),
    gettext_noop("Seed"),
    gettext_noop("Settings"),
    gettext_noop("Shards"),
    gettext_noop("Side"),
    gettext_noop("Size penalty"),
    gettext_noop("Size"),
    gettext_noop("Smoothing"),
    gettext_noop("Smoothness penalty"),
    gettext_noop("Source"),
    gettext_noop("Split column"),
    gettext_noop("Split"),
    gettext_noop("Start from"),
    gettext_noop("Starts"),
    gettext_noop("Step size"),
    gettext_noop("Steps"),
    gettext_noop("Stop"),
    gettext_noop("Strength declared"),
    gettext_noop("Strength"),
    gettext_noop("Table"),
    gettext_noop("Target class"),
    gettext_noop("Test share"),
    gettext_noop("Test"),
    gettext_noop("Train"),
    gettext_noop("Trials"),
    gettext_noop("Turn"),
    gettext_noop("Upsampling"),
    gettext_noop("Value range"),
    gettext_noop("Visibility"),
    gettext_noop("Weights high"),
    gettext_noop("Weights low"),
    gettext_noop("Weights"),
    gettext_noop("Zoom"),
)
"""What `option_title` makes of the names of options and of figures, so that they can be translated."""


def option_lines(options: Mapping[str, object]) -> list[dict[str, str]]:
    """Return a name and a text for each option; options within options stand in the same list."""
    lines = []
    for name, value in options.items():
        if name in UNSAID:
            continue
        if isinstance(value, Mapping):
            lines += option_lines(value)
        else:
            lines.append({"name": option_title(name), "text": _text(value)})
    return lines


def provenance_lines(provenance: Mapping[str, object]) -> list[dict[str, str]]:
    """Return a name and a text for what made a thing: data, hashes, seed, time; not its options and versions."""
    lines = []
    for name, value in provenance.items():
        if name in {"options", "versions", "refused"} or (name == BEGAN_WITH and value is None):
            continue
        if name == EARLIER:
            lines += [{"name": gettext("Goes on from"), "text": _earlier(one)} for one in earlier_trainings(provenance)]
        elif name == "seconds" and isinstance(value, int | float):
            lines.append({"name": gettext("Wall time"), "text": duration(value)})
        else:
            lines.append({"name": option_title(name), "text": _text(value)})
    return lines


def version_lines(versions: Mapping[str, str]) -> list[dict[str, str]]:
    """Return a name and a text for each version: of this program and of the packages that it used."""
    return [
        {"name": gettext(PACKAGES.get(name, "")) or option_title(name), "text": str(version)}
        for name, version in versions.items()
    ]


def option_title(name: str) -> str:
    """Return an option's name for people: `learning_rate` → `Learning rate`."""
    words = [INITIALS.get(word, word) for word in name.split("_")]
    title = " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])
    return gettext(title)


def _text(value: object) -> str:
    if value is None or value == "":
        return gettext("not given")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, float):
        return localized(f"{value:g}")
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    return _sent_file(str(value)) or str(value)


def _earlier(training: EarlierTraining) -> str:
    return gettext(
        "%(name)s: %(steps)s batches of %(batch_size)d at %(size)d × %(size)d pixels, seed %(seed)d, SHA-256 %(sha256)s"
    ) % {
        "name": training.name,
        "steps": localized(f"{training.steps:,}"),
        "batch_size": training.batch_size,
        "size": training.image_size,
        "seed": training.seed,
        "sha256": training.weights_sha256,
    }


def _sent_file(text: str) -> str:
    """Return what was sent where a text names an upload; nothing else. Its number tells a person nothing."""
    if uid_in(text) is None:
        return ""
    _, _, below = text.partition("/")
    return gettext("%(file)s, sent from a browser") % {"file": below or gettext("files")}

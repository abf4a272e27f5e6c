"""The diagnoses that observers choose among: a dataset's classes, under the names that people know them by."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext, gettext_lazy

from studies.errors import IncompleteAnswerError
from studies.models.study import Study
from studies.trial_types import Choice

# The seven classes of HAM10000 (Tschandl et al. 2018), which the synthetic lesions have too.
NAMES: dict[str, Promise] = {
    "akiec": gettext_lazy("Actinic keratosis or Bowen’s disease"),
    "bcc": gettext_lazy("Basal cell carcinoma"),
    "bkl": gettext_lazy("Benign keratosis"),
    "df": gettext_lazy("Dermatofibroma"),
    "mel": gettext_lazy("Melanoma"),
    "nv": gettext_lazy("Melanocytic nevus"),
    "vasc": gettext_lazy("Vascular lesion"),
}


def diagnosis_choices(classes: Sequence[str]) -> list[Choice]:
    """Return one choice a class, in the dataset's order; the keys are the digits, as far as they go."""
    return [
        Choice(code, NAMES.get(code) or format_lazy("{}", code), *(2 * [str(index) if index < 10 else ""]))
        for index, code in enumerate(classes, start=1)
    ]


def read_diagnosis(responses: Mapping[str, str], study: Study) -> str:
    """Return the diagnosis that was chosen; nothing where the study does not ask for it.

    Raises
    ------
    IncompleteAnswerError
        None was chosen, or one that the dataset does not have.
    """
    if not study.asks_diagnosis:
        return ""
    diagnosis = responses.get("diagnosis", "")
    if diagnosis not in study.pair_set.dataset.classes:
        raise IncompleteAnswerError(gettext("Choose a diagnosis too."))
    return diagnosis

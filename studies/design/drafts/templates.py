"""Templates of a study: what a new draft may start from. Everything that they set can be changed afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.utils.translation import gettext, gettext_noop

from ml.models.pair_set import PairSet
from studies.design.options import OPTIONS
from studies.models.pair_sets.rules import why_not_together


@dataclass(frozen=True, slots=True)
class StudyTemplate:
    """What a draft starts from.

    Attributes
    ----------
    key
        Its name for the command, and in addresses.
    title, explained
        For the researcher.
    options
        By the names of `STUDY_OPTIONS`; what is not there has its default.
    strengths
        How many strengths the perturbed images are shared among, as far as there are image pairs of them.
    """

    key: str
    title: str
    explained: str
    options: Mapping[str, object] = field(default_factory=dict)
    strengths: int = 1

    def options_for(self, pair_set: PairSet, *, by: User) -> dict[str, object]:
        """Return the options of a draft of `by`'s on these image pairs, the pairs of further strengths among them."""
        return {**self.options, "pair_set": pair_set, "further_pair_sets": self.further_of(pair_set, by=by)}

    def further_of(self, pair_set: PairSet, *, by: User) -> list[PairSet]:
        """Return image pairs that can stand beside these, each of another strength; as many as there are and it takes.

        They are among those that `by` may use.

        Where there are more, they are spread evenly from the weakest to the strongest.
        """
        if self.strengths == 1:
            return []
        alike = PairSet.objects.filter(dataset=pair_set.dataset, split=pair_set.split, image_size=pair_set.image_size)
        others = alike.usable_by(by)
        found: list[PairSet] = []
        for other in others.exclude(pk=pair_set.pk).select_related("attack__classifier", "dataset").order_by("pk"):
            together = [*found, other]
            if not why_not_together(pair_set, together, compares_attacks=False, n_perturbed=len(together) + 1):
                found.append(other)
        found.sort(key=lambda other: other.strength)
        wanted = min(self.strengths - 1, len(found))
        return [found[round(place * (len(found) - 1) / max(1, wanted - 1))] for place in range(wanted)]


TEMPLATES: tuple[StudyTemplate, ...] = (
    StudyTemplate(
        "yes_no",
        gettext_noop("Yes or no"),
        gettext_noop("Half of the images are perturbed, and practice with feedback comes first. The usual case."),
        {"trial_type": "yes_no", "n_perturbed": 25, "n_clean": 25, "n_practice": 4},
    ),
    StudyTemplate(
        "paper",
        gettext_noop("As in the paper"),
        gettext_noop("What Allyn et al. (2020) did with two observers: yes or no, without practice."),
        {"trial_type": "yes_no", "n_perturbed": 30, "n_clean": 20},
    ),
    StudyTemplate(
        "strengths",
        gettext_noop("Five strengths"),
        gettext_noop(
            "The perturbed images are shared out among up to five strengths of one attack; the report fits a "
            "psychometric function and says from which strength on people notice."
        ),
        {"trial_type": "yes_no", "n_perturbed": 50, "n_clean": 50, "n_practice": 4},
        strengths=5,
    ),
    StudyTemplate(
        "forced_choice",
        gettext_noop("Forced choice"),
        gettext_noop(
            "Both images of a lesion side by side: which one was changed? Easier than one image alone, and free "
            "of a leaning to one of the answers."
        ),
        {"trial_type": "two_afc", "n_perturbed": 25, "n_clean": 25, "n_practice": 4},
    ),
    StudyTemplate(
        "flicker",
        gettext_noop("Flicker"),
        gettext_noop(
            "The clean image and its twin in alternation in one of two places, five times a second for four seconds: "
            "which place flickers? The strictest test of whether anybody can see the change."
        ),
        {
            "trial_type": "flicker",
            "n_perturbed": 25,
            "n_clean": 25,
            "n_practice": 4,
            "display_ms": 4000,
            "pause_ms": 500,
        },
    ),
    StudyTemplate(
        "rating",
        gettext_noop("Rating"),
        gettext_noop("Six steps from surely clean to surely perturbed: the report draws the ROC curve."),
        {"trial_type": "rating", "n_perturbed": 30, "n_clean": 30, "n_practice": 4},
    ),
)

TEMPLATES_BY_KEY = {template.key: template for template in TEMPLATES}


def setting_texts(template: StudyTemplate) -> list[str]:
    """Return what a template sets, a phrase each, such as `perturbed images: 25`."""
    phrases = []
    for name, value in template.options.items():
        model_field = OPTIONS[name].field
        shown = dict(model_field.flatchoices).get(value, value)
        shown = gettext(shown) if name == "trial_type" else shown
        phrases.append(gettext("%(name)s: %(text)s") % {"name": OPTIONS[name].label, "text": shown})
    if template.strengths > 1:
        phrases.append(gettext("strengths: up to %(strengths)s") % {"strengths": template.strengths})
    return phrases

"""The researcher's form of a study's design."""

from math import isfinite
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout
from django import forms
from django.http import QueryDict
from django.utils.html import format_html

from ml.models.pair_set import PairSet
from perception.core.form_layout import side_by_side
from studies.models.consent import CONSENT
from studies.models.pair_set_rules import wrong_strengths
from studies.models.study import Study
from studies.trial_types import TRIAL_TYPES

PLANNED_FIELDS = frozenset({"n_perturbed", "n_clean", "margin"})
"""What `studies.planning.pages` plans; see `planned_values`."""
PRACTICE_TRIALS = 4
"""A new study has practice, unless the researcher takes it away."""


class StudyForm(forms.ModelForm[Study]):
    """Everything that an observer meets, and what is drawn."""

    class Meta:
        """The design, in the order of the page."""

        model = Study
        fields = [
            "title",
            "trial_type",
            "question",
            "asks_diagnosis",
            "instructions",
            "consent_text",
            "title_fr",
            "question_fr",
            "instructions_fr",
            "consent_text_fr",
            "pair_set",
            "further_pair_sets",
            "n_perturbed",
            "n_clean",
            "prevalence",
            "one_lesion_once",
            "longest_run",
            "n_subsets",
            "n_practice",
            "n_catch",
            "catch_pair_set",
            "margin",
            "catch_at_least",
            "rt_at_least_ms",
            "leaves_out_partly_shown",
            "scale",
            "display_rule",
            "display_ms",
            "fixation_ms",
            "pause_ms",
            "break_every",
            "asks_calibration",
            "questionnaire",
            "questionnaire_fr",
            "asks_comments",
            "shows_score",
            "seed",
            "closes_when_finished",
        ]
        widgets = {
            "trial_type": forms.RadioSelect,
            "further_pair_sets": forms.CheckboxSelectMultiple,
            "margin": forms.NumberInput(attrs={"step": 0.01}),
            "instructions": forms.Textarea(attrs={"rows": 7}),
            "consent_text": forms.Textarea(attrs={"rows": 7}),
            "instructions_fr": forms.Textarea(attrs={"rows": 7, "lang": "fr"}),
            "consent_text_fr": forms.Textarea(attrs={"rows": 7, "lang": "fr"}),
            "title_fr": forms.TextInput(attrs={"lang": "fr"}),
            "question_fr": forms.TextInput(attrs={"lang": "fr"}),
            "questionnaire": forms.Textarea(
                attrs={"rows": 4, "placeholder": "Years of practice: number 0-60\nGlasses: yes | no *"}
            ),
            "questionnaire_fr": forms.Textarea(
                attrs={
                    "rows": 4,
                    "lang": "fr",
                    "placeholder": "Années de pratique : nombre 0-60\nLunettes : oui | non *",
                }
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Lay the form out in sections."""
        super().__init__(*args, **kwargs)
        self.fields["seed"].required = False
        types = cast("forms.ChoiceField", self.fields["trial_type"])
        types.choices = [
            (key, format_html("{}<br><small>{}</small>", trial_type.title, trial_type.explained))
            for key, trial_type in TRIAL_TYPES.items()
        ]
        self._offer_pair_sets()
        if self.instance._state.adding:
            self.fields["n_practice"].initial = PRACTICE_TRIALS
        # The standard consent is there to be changed; left as it is, it is not stored as a text of the study's own.
        if not self.instance.consent_text and not self.instance.consent_text_fr:
            self.initial.update(consent_text=CONSENT.en, consent_text_fr=CONSENT.fr)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            Fieldset("What is asked", "title", "trial_type", "question", "asks_diagnosis"),
            Fieldset("What observers read", "instructions", "consent_text"),
            Fieldset(
                "In French",
                HTML(
                    "<p>Observers choose between English and French. A text that is there in English alone is shown to "
                    "everybody; standard texts are there in both languages.</p>"
                ),
                "title_fr",
                "question_fr",
                "instructions_fr",
                "consent_text_fr",
            ),
            Fieldset(
                "Which images",
                "pair_set",
                *(["further_pair_sets"] if "further_pair_sets" in self.fields else []),
                side_by_side("n_perturbed", "n_clean"),
                side_by_side("prevalence", "longest_run"),
                "one_lesion_once",
                "n_subsets",
            ),
            Fieldset("Practice and catch trials", "n_practice", side_by_side("n_catch", "catch_pair_set")),
            Fieldset(
                "On the screen",
                side_by_side("scale", "display_rule"),
                side_by_side("display_ms", "fixation_ms"),
                side_by_side("pause_ms", "break_every"),
                "asks_calibration",
            ),
            Fieldset("Before and after", "questionnaire", "questionnaire_fr", "asks_comments", "shows_score"),
            Fieldset(
                "How it will be analysed",
                HTML(
                    "<p>Fixed with the rest when the study opens: these are choices that nobody may make by the "
                    "results.</p>"
                ),
                "margin",
                side_by_side("catch_at_least", "rt_at_least_ms"),
                "leaves_out_partly_shown",
            ),
            Fieldset("Running it", "seed", "closes_when_finished"),
        )

    def clean_consent_text(self) -> str:
        """Return the text; nothing where it is the standard one."""
        return _own(self.cleaned_data["consent_text"], CONSENT.en)

    def clean_consent_text_fr(self) -> str:
        """Return the text; nothing where it is the standard one."""
        return _own(self.cleaned_data["consent_text_fr"], CONSENT.fr)

    def _offer_pair_sets(self) -> None:
        for name in ("pair_set", "catch_pair_set"):
            field = cast("forms.ModelChoiceField[PairSet]", self.fields[name])
            field.queryset = PairSet.objects.order_by("-pk")
        self._offer_strengths()
        pair_sets = cast("forms.ModelChoiceField[PairSet]", self.fields["pair_set"])
        if self.instance._state.adding:
            pair_sets.initial = pair_sets.queryset.first() if pair_sets.queryset is not None else None

    def _offer_strengths(self) -> None:
        """Offer all image pairs; where there is one set alone, the question is not asked."""
        if PairSet.objects.count() < 2:
            del self.fields["further_pair_sets"]
            return
        field = cast("forms.ModelMultipleChoiceField[PairSet]", self.fields["further_pair_sets"])
        field.queryset = PairSet.objects.select_related("dataset").order_by("dataset", "strength", "pk")
        field.label_from_instance = _with_strength  # type: ignore[method-assign,assignment]

    def clean(self) -> dict[str, Any]:
        """Check what Django cannot before the study is saved: the strengths beside one another."""
        cleaned = super().clean() or {}
        pair_set, further = cleaned.get("pair_set"), cleaned.get("further_pair_sets")
        if pair_set is None or further is None:
            return cleaned
        further = [other for other in further if other != pair_set]
        if further:
            # Where the number of images is itself wrong, its own field says so.
            n_perturbed = cleaned.get("n_perturbed") or len(further) + 1
            catch = cleaned.get("catch_pair_set") if cleaned.get("n_catch") else None
            for field, reason in wrong_strengths(pair_set, further, n_perturbed=n_perturbed, catch=catch).items():
                self.add_error(field, reason)
        return cleaned | {"further_pair_sets": further}


def _with_strength(pair_set: PairSet) -> str:
    return f"{pair_set.name}: strength {pair_set.strength:g}, {pair_set.dataset.name}"


def planned_values(query: QueryDict) -> dict[str, str]:
    """Return what a plan fills a new study's form with, from the form's address; what is not a number is left out."""
    values = {}
    for name in PLANNED_FIELDS & query.keys():
        value = str(query[name])
        try:
            number = float(value)
        except ValueError:
            continue
        if isfinite(number):
            values[name] = value
    return values


def _own(text: str, standard: str) -> str:
    """Return a text as it was written, or nothing if it is the standard one (browsers send CR LF)."""
    return "" if text.replace("\r\n", "\n").strip() == standard else text

"""The researcher's form of a study's design."""

from itertools import groupby
from math import isfinite
from operator import attrgetter
from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout
from django import forms
from django.http import QueryDict
from django.utils.html import format_html

from ml.models.pair_set import PairSet
from perception.core.form_layout import side_by_side
from studies.design.option import OptionGroup, StudyOption
from studies.design.options import STUDY_OPTIONS
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
        fields = [option.name for option in STUDY_OPTIONS]
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

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        instance: Study | None = None,
        initial: dict[str, str] | None = None,
    ) -> None:
        """Lay the form out in sections."""
        super().__init__(data, instance=instance, initial=initial)
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
            *(self._fieldset(group, list(options)) for group, options in groupby(STUDY_OPTIONS, attrgetter("group")))
        )

    def _fieldset(self, group: OptionGroup, options: list[StudyOption]) -> Fieldset:
        """Lay out a group of options; those that are not asked for are left out."""
        rows: list[list[str]] = []
        for option in options:
            if option.name not in self.fields:
                continue
            if option.beside:
                rows[-1].append(option.name)
            else:
                rows.append([option.name])
        note = [HTML(f"<p>{group.note}</p>")] if group.note else []
        return Fieldset(group.title, *note, *(side_by_side(*row) if len(row) > 1 else row[0] for row in rows))

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

    def clean(self) -> dict[str, object]:
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

"""The researcher's form of a study's design: the options of one step."""

from itertools import groupby
from operator import attrgetter
from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Fieldset, Layout
from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext

from ml.models.pair_set import PairSet
from perception.core.form_layout import Folded, side_by_side
from studies.design.option import OptionGroup, Step, StudyOption
from studies.design.options import OPTIONS, STUDY_OPTIONS
from studies.models.data_protection import PURPOSE
from studies.models.pair_sets.rules import wrong_pair_sets
from studies.models.study import Study
from studies.models.texts.consent import CONSENT
from studies.researcher.pair_set_choices import PairSetsByAttack, PairSetsField, pair_set_label
from studies.trial_types import TRIAL_TYPES


class StudyForm(forms.ModelForm[Study]):
    """The options of one step of a draft."""

    class Meta:
        """The options of all steps; those of the others are taken out."""

        model = Study
        fields = [option.name for option in STUDY_OPTIONS]
        field_classes = {"further_pair_sets": PairSetsField}
        widgets = {
            "trial_type": forms.RadioSelect,
            "further_pair_sets": forms.CheckboxSelectMultiple,
            "margin": forms.NumberInput(attrs={"step": 0.01}),
            "instructions": forms.Textarea(attrs={"rows": 7, "lang": "en"}),
            "consent_text": forms.Textarea(attrs={"rows": 7, "lang": "en"}),
            "instructions_fr": forms.Textarea(attrs={"rows": 7, "lang": "fr"}),
            "consent_text_fr": forms.Textarea(attrs={"rows": 7, "lang": "fr"}),
            "authors": forms.Textarea(attrs={"rows": 4}),
            "ethics_exemption": forms.Textarea(attrs={"rows": 2}),
            "funding": forms.Textarea(attrs={"rows": 2}),
            "conflicts": forms.Textarea(attrs={"rows": 2}),
            "debriefing": forms.Textarea(attrs={"rows": 5, "lang": "en"}),
            "debriefing_fr": forms.Textarea(attrs={"rows": 5, "lang": "fr"}),
            "comprehension": forms.Textarea(attrs={"rows": 4, "lang": "en"}),
            "comprehension_fr": forms.Textarea(attrs={"rows": 4, "lang": "fr"}),
            "title_fr": forms.TextInput(attrs={"lang": "fr"}),
            "question_fr": forms.TextInput(attrs={"lang": "fr"}),
            "data_purpose": forms.Textarea(attrs={"rows": 3, "lang": "en", "placeholder": PURPOSE.en}),
            "data_purpose_fr": forms.Textarea(attrs={"rows": 3, "lang": "fr", "placeholder": PURPOSE.fr}),
            "questionnaire": forms.Textarea(
                attrs={
                    "rows": 8,
                    "lang": "en",
                    "placeholder": "Glasses: yes | no *\nYears of practice: number 0-60\nRemarks: text 300",
                }
            ),
            "questionnaire_fr": forms.Textarea(
                attrs={
                    "rows": 8,
                    "lang": "fr",
                    "placeholder": "Lunettes : oui | non *\nAnnées de pratique : nombre 0-60\nRemarques : texte 300",
                }
            ),
        }

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        step: Step,
        instance: Study,
        by: User,
        group: OptionGroup | None = None,
    ) -> None:
        """Lay out the options of a step, those that are seldom changed folded away; offer pairs that `by` may use.

        Where a `group` of the step is given, its options alone, and not folded.
        """
        super().__init__(data, instance=instance)
        options = [option for option in STUDY_OPTIONS if option.step == step and group in (None, option.group)]
        for name in self.fields.keys() - {option.name for option in options}:
            del self.fields[name]
        for name, field in self.fields.items():
            field.label = capfirst(OPTIONS[name].label)
        if "seed" in self.fields:
            self.fields["seed"].required = False
        if "trial_type" in self.fields:
            types = cast("forms.ChoiceField", self.fields["trial_type"])
            types.choices = [
                (key, format_html("{}<br><small>{}</small>", gettext(trial_type.title), gettext(trial_type.explained)))
                for key, trial_type in TRIAL_TYPES.items()
            ]
        self._offer_pair_sets(by)
        # The standard consent is there to be changed; left as it is, it is not stored as a text of the study's own.
        if not self.instance.consent_text and not self.instance.consent_text_fr:
            self.initial.update(consent_text=CONSENT.en, consent_text_fr=CONSENT.fr)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            *(
                self._group(one, list(those), folds=group is None)
                for one, those in groupby(options, attrgetter("group"))
            )
        )

    def tell(self, error: ValidationError) -> None:
        """Tell what is wrong here; what is wrong with options of other steps is told where the draft is looked over."""
        for name, errors in error.error_dict.items():
            if name in self.fields or name == NON_FIELD_ERRORS:
                self.add_error(name, errors)

    def _update_errors(self, errors: ValidationError) -> None:
        """Leave out of the model's own checks what is wrong with options of other steps: they have no field here."""
        own = {name: those for name, those in errors.error_dict.items() if name in self.fields}
        super()._update_errors(ValidationError(own))  # type: ignore[misc]

    def _group(self, group: OptionGroup, options: list[StudyOption], *, folds: bool) -> Fieldset | Folded:
        """Lay out a group of options, folded where they are seldom changed and none was; what is not asked left out."""
        rows: list[list[str]] = []
        for option in options:
            if option.name not in self.fields:
                continue
            if option.beside:
                rows[-1].append(option.name)
            else:
                rows.append([option.name])
        note = [HTML(f"<p>{gettext(group.note)}</p>")] if group.note else []
        parts = [*note, *(side_by_side(*row) if len(row) > 1 else row[0] for row in rows)]
        if not (group.advanced and folds):
            return Fieldset(gettext(group.title), *parts)
        changed = any(option.name in self.errors or not option.is_usual(self.instance) for option in options)
        return Folded(gettext(group.title), *parts, is_open=changed)

    def clean_consent_text(self) -> str:
        """Return the text; nothing where it is the standard one."""
        return _own(self.cleaned_data["consent_text"], CONSENT.en)

    def clean_consent_text_fr(self) -> str:
        """Return the text; nothing where it is the standard one."""
        return _own(self.cleaned_data["consent_text_fr"], CONSENT.fr)

    def _offer_pair_sets(self, by: User) -> None:
        chosen = models.Q(
            pk__in=[self.instance.pair_set_id, self.instance.catch_pair_set_id, self.instance.control_pair_set_id]
        )
        chosen |= models.Q(pk__in=self.instance.further_pair_sets.values("pk"))
        offered = PairSet.objects.filter(models.Q(pk__in=PairSet.objects.usable_by(by).values("pk")) | chosen)
        for name in {"pair_set", "catch_pair_set", "control_pair_set"} & self.fields.keys():
            field = cast("forms.ModelChoiceField[PairSet]", self.fields[name])
            field.queryset = offered.order_by("-pk")
        if "further_pair_sets" in self.fields:
            self._offer_strengths(offered)

    def _offer_strengths(self, offered: models.QuerySet[PairSet]) -> None:
        """Offer all image pairs; where there is one set alone, the question is not asked."""
        if offered.count() < 2:
            for name in ("further_pair_sets", "compares_attacks", "control_pair_set", "adapts_strength"):
                del self.fields[name]
            return
        field = cast("PairSetsField", self.fields["further_pair_sets"])
        field.iterator = PairSetsByAttack
        field.label_from_instance = pair_set_label  # type: ignore[method-assign,assignment]
        field.queryset = offered

    def clean(self) -> dict[str, object]:
        """Check what Django cannot before the study is saved: the strengths beside one another."""
        cleaned = super().clean() or {}
        pair_set, further = cleaned.get("pair_set"), cleaned.get("further_pair_sets")
        if pair_set is None or further is None:
            return cleaned
        further = [other for other in further if other != pair_set]
        compares, adapts = bool(cleaned.get("compares_attacks")), bool(cleaned.get("adapts_strength"))
        if further or compares or adapts:
            # Where the number of images is itself wrong, its own field says so.
            n_perturbed = cleaned.get("n_perturbed") or len(further) + 1
            catch = cleaned.get("catch_pair_set") if cleaned.get("n_catch") else None
            wrong = wrong_pair_sets(
                pair_set,
                further,
                compares_attacks=compares,
                n_perturbed=n_perturbed,
                catch=catch,
                adapts_strength=adapts,
                control=cleaned.get("control_pair_set"),
            )
            for field, reason in wrong.items():
                self.add_error(field, reason)
        return cleaned | {"further_pair_sets": further}


def _own(text: str, standard: str) -> str:
    """Return a text as it was written, or nothing if it is the standard one (browsers send CR LF)."""
    return "" if text.replace("\r\n", "\n").strip() == standard else text

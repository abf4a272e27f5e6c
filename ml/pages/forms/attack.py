"""The researcher's forms to train an attack: first which kind against which classifier, then with which options."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import Field, fields
from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.contrib.auth.models import User
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy

from ml.attacks import ATTACKS
from ml.attacks.training import AttackTraining
from ml.models import Attack, Classifier, Image
from ml.pages.forms.work import OPTION, WorkForm, free_name, offer_usable
from ml.pages.option_table import option_title
from perception.core.form_layout import side_by_side

PREFIX = "setting_"
MOST_STRENGTHS = 20
USUAL_TARGET = "nv"


class AttackChoiceForm(forms.Form):
    """Which kind of attack, against which classifier."""

    classifier = forms.ModelChoiceField(Classifier.objects.order_by("-pk"), empty_label=None)
    kind = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=gettext_lazy("Kind of attack"),
    )

    def __init__(
        self, data: Mapping[str, object] | None = None, *, user: User, initial: Mapping[str, object] | None = None
    ) -> None:
        """Offer what `user` may use; leave the form's element to the page: it asks by GET."""
        super().__init__(data, initial=dict(initial or {}))
        self.fields["classifier"].label = option_title("classifier")
        kinds = cast("forms.ChoiceField", self.fields["kind"])
        kinds.choices = [(kind, capfirst(gettext(method.title))) for kind, method in ATTACKS.items()]
        offer_usable(self, user)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True


class StrengthsField(forms.CharField):
    """One or several strengths, in levels, with commas between them."""

    def clean(self, value: object) -> list[float]:
        """Return the strengths, each once, in the order in which they were given."""
        words = re.split(r"[,;\s]+", super().clean(value).strip(" ,;"))
        try:
            strengths = list(dict.fromkeys(float(word) for word in words))
        except ValueError:
            raise forms.ValidationError(gettext("Give numbers with commas between them, such as 2, 4, 6, 8.")) from None
        if not all(map(math.isfinite, strengths)):
            raise forms.ValidationError(gettext("A strength is a finite number of levels."))
        if len(strengths) > MOST_STRENGTHS:
            raise forms.ValidationError(
                gettext("Give %(most_strengths)s strengths at most; each is a run of its own.")
                % {"most_strengths": MOST_STRENGTHS}
            )
        return strengths


class AttackForm(WorkForm):
    """The options of one kind of attack against one classifier."""

    strengths = StrengthsField(initial="8", label=gettext_lazy("Strength"))
    target_class = forms.ChoiceField(
        label=gettext_lazy("Target class"), help_text=gettext_lazy("What the classifier is to say.")
    )
    split = forms.ChoiceField(
        choices=[
            (Image.Split.TRAIN.value, gettext_lazy("the train images")),
            (Image.Split.TEST.value, gettext_lazy("the test images, as in the paper, which flatters the attack")),
        ],
        initial=Image.Split.TRAIN,
        label=gettext_lazy("Learns on"),
    )
    start_from = forms.ModelChoiceField(
        Attack.objects.none(),
        required=False,
        empty_label=gettext_lazy("nothing"),
        help_text=gettext_lazy(
            "An attack of the same kind, such as one at a greater strength, whose weights it begins with."
        ),
    )
    name = forms.CharField(
        required=False,
        max_length=100,
        help_text=gettext_lazy(
            "Left empty: the classifier's name, the kind and the strength. With several strengths each is added."
        ),
    )
    seed = forms.IntegerField(
        initial=0, help_text=gettext_lazy("The same seed on the same machine gives the same attack.")
    )

    def __init__(
        self,
        data: Mapping[str, object] | None = None,
        *,
        classifier: Classifier,
        kind: str,
        by: User,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        """Offer the classifier's classes and the options of that kind of attack."""
        self.classifier, self.kind, self.method = classifier, kind, ATTACKS[kind]
        self.settings = fields(self.method.settings)
        self.option_fields = {
            "strength": "strengths",
            **{one.name.replace("_", "-"): PREFIX + one.name for one in self.settings},
        }
        super().__init__(data, by=by, initial=initial)

    def layout(self) -> Layout:
        """Add the kind's own options and stand in two or three sections."""
        explained = _as_sentence(gettext(self.method.strength_explained))
        self.fields["strengths"].help_text = gettext(
            "%(explained)s 1 to 255; several, such as 2, 4, 6, 8, make several runs."
        ) % {"explained": explained}
        target = self.fields["target_class"]
        if isinstance(target, forms.ChoiceField):
            target.choices = [(code, code) for code in self.classifier.classes]
        target.initial = USUAL_TARGET if USUAL_TARGET in self.classifier.classes else None
        if not self.method.learns:
            del self.fields["split"]
        starts = self.fields["start_from"]
        if isinstance(starts, forms.ModelChoiceField):
            same_size = Attack.objects.filter(classifier__image_size=self.classifier.image_size)
            alike = same_size.usable_by(self.by).filter(kind=self.kind)
            starts.queryset = alike.order_by("-pk") if self.method.can_start_from else Attack.objects.none()
        for one in self.settings:
            self.fields[PREFIX + one.name] = _setting_field(one)
        split = ["split"] if self.method.learns else []
        beside = [*split, *self.where_offered("start_from"), "name", "seed"]
        sections = [Fieldset(gettext("What it is to do"), side_by_side("strengths", "target_class"), *beside)]
        if self.settings:
            own = side_by_side(*(PREFIX + one.name for one in self.settings))
            sections.append(Fieldset(gettext("Options of this attack"), own))
        return Layout(*sections)

    def works(self) -> Sequence[AttackTraining]:
        """Return one training for each strength."""
        options = self.cleaned_data
        settings = {
            one.name: value
            for one in self.settings
            if (value := options[PREFIX + one.name]) not in {None, "", one.default}  # the command leaves them out too
        }
        return [
            AttackTraining(
                classifier=self.classifier,
                name=self._name(strength),
                kind=self.kind,
                target_class=options["target_class"],
                strength=strength,
                settings=settings,
                seed=options["seed"],
                start_from=options.get("start_from"),
                **({"split": options["split"]} if self.method.learns else {}),
            )
            for strength in options["strengths"]
        ]

    def _name(self, strength: float) -> str:
        given, several = self.cleaned_data["name"], len(self.cleaned_data["strengths"]) > 1
        if given:
            return f"{given} {strength:g}" if several else given
        return free_name(Attack, f"{self.classifier.name} {self.kind} {strength:g}")


def _setting_field(one: Field[object]) -> forms.Field:
    """Return the form field of an attack's own option; empty is its default, and its bounds the attack itself holds."""
    title, default, explained = option_title(one.name), one.default, _as_sentence(gettext(one.metadata["explained"]))
    if words := one.metadata["choices"]:
        choices = [(word, word) for word in words]
        return forms.ChoiceField(choices=choices, label=title, initial=default, help_text=explained)
    number = forms.IntegerField if isinstance(default, int) else forms.FloatField
    return number(required=False, label=title, initial=default, help_text=explained)


def _as_sentence(explained: str) -> str:
    """Write an explanation for the command line as a sentence of a page, with the fields' labels for options."""

    def field_title(option: re.Match[str]) -> str:
        return gettext("“%(label)s”") % {"label": option_title(option[1].replace("-", "_"))}

    text = OPTION.sub(field_title, explained).replace("`", "")
    return f"{text[:1].upper()}{text[1:]}."

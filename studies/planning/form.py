"""The researcher's form of a plan. Its fields are named as the command's options are, and stand in the address."""

from collections.abc import Mapping
from math import floor
from typing import TYPE_CHECKING, Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy

from perception.core.form_layout import side_by_side
from perception.core.seeds import LARGEST_STUDY_SEED

if TYPE_CHECKING:
    from studies.planning.request import PlanRequest

EQUIVALENCE, DETECTION = "equivalence", "detection"


class PlanForm(forms.Form):
    """The design, how images and observers differ, and how sure the study is to be: what every plan asks."""

    observers = forms.IntegerField(label=gettext_lazy("Observers"), min_value=1, max_value=1000, initial=4)
    images = forms.IntegerField(
        label=gettext_lazy("Images"),
        min_value=4,
        max_value=10_000,
        required=False,
        help_text=gettext_lazy("Empty: as many as it takes. Otherwise the plan says what so many show."),
    )
    prevalence = forms.FloatField(
        label=gettext_lazy("Share perturbed"),
        min_value=0.02,
        max_value=0.98,
        initial=0.5,
        help_text=gettext_lazy("0.5 takes the fewest images."),
    )
    observers_random = forms.BooleanField(
        label=gettext_lazy("Claim it of other observers too"),
        required=False,
        help_text=gettext_lazy("Not of these alone; it takes at least three observers, and more answers."),
    )
    icc = forms.FloatField(
        label=gettext_lazy("ρ within an image"),
        min_value=0,
        max_value=1,
        initial=0.1,
        required=False,
        help_text=gettext_lazy(
            "How alike answers to one image are: 0.1, or Fleiss’ kappa of a pilot study whose observers guessed."
        ),
    )
    image_sd = forms.FloatField(
        label=gettext_lazy("or image SD"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=gettext_lazy("In the place of ρ: SD of the images, in SDs of one impression."),
    )
    observer_sd = forms.FloatField(
        label=gettext_lazy("SD of d′ between observers"),
        min_value=0,
        max_value=5,
        initial=0,
        help_text=gettext_lazy("0: all see equally well."),
    )
    level = forms.FloatField(
        label=gettext_lazy("Level of the interval"),
        min_value=0.5,
        max_value=0.9999,
        required=False,
        help_text=gettext_lazy("Empty: 0.90 for “undetectable” (two tests at 5%), 0.95 for “detected”."),
    )
    power = forms.FloatField(label=gettext_lazy("Power"), min_value=0.05, max_value=0.999, initial=0.8)
    seed = forms.IntegerField(
        label=gettext_lazy("Seed of the simulation"),
        min_value=0,
        max_value=LARGEST_STUDY_SEED,
        initial=1,
        required=False,
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        """Lay the form out in sections."""
        super().__init__(data)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # a GET form
        self.helper.layout = Layout(
            self.claim(),
            self.design(),
            self.differences(),
            Fieldset(gettext("How sure"), side_by_side("power", "level"), "seed"),
        )

    def claim(self) -> Fieldset:
        """Return the fields of what is to be shown."""
        raise NotImplementedError

    def design(self) -> Fieldset:
        """Return the fields of how many there are of each."""
        return Fieldset(gettext("The design"), side_by_side("observers", "images"), "prevalence")

    def differences(self) -> Fieldset:
        """Return the fields of what images and observers differ by."""
        return Fieldset(gettext("How images and observers differ"), side_by_side("icc", "image_sd"), "observer_sd")

    def clean(self) -> dict[str, object]:
        """Check what needs several fields."""
        super().clean()
        self.check_claim()
        self._check_spread_of_images()
        self._check_numbers()
        return self.cleaned_data

    def check_claim(self) -> None:
        """Add what is wrong with what is to be shown."""

    def _check_spread_of_images(self) -> None:
        given = self.cleaned_data
        if given.get("icc") is not None and given.get("image_sd") is not None:
            self.add_error("image_sd", gettext("Give ρ or the image SD, not both: each follows from the other."))
        if given.get("icc") is None and given.get("image_sd") is None and not {"icc", "image_sd"} & self.errors.keys():
            self.add_error("icc", gettext("Give ρ, such as 0.1, or the image SD."))

    def _check_numbers(self) -> None:
        given = self.cleaned_data
        observers, images, prevalence = (given.get(name) for name in ("observers", "images", "prevalence"))
        if given.get("observers_random") and observers is not None and observers < 3:
            self.add_error(
                "observers", gettext("For other observers too there is no interval from fewer than 3 observers.")
            )
        if images is None or prevalence is None:
            return
        perturbed = floor(prevalence * images + 0.5)  # as `Design.of` rounds
        if min(perturbed, images - perturbed) < 2:
            self.add_error("images", gettext("An interval takes at least two perturbed and two clean images."))


class StudyPlanForm(PlanForm):
    """What a study is to show, of whom, and with how many images."""

    goal = forms.ChoiceField(
        label=gettext_lazy("The study is to show that the change is"),
        choices=[(EQUIVALENCE, gettext_lazy("undetectable, within a margin")), (DETECTION, gettext_lazy("detected"))],
        widget=forms.RadioSelect,
        initial=EQUIVALENCE,
    )
    margin = forms.FloatField(
        label=gettext_lazy("Margin δ"),
        min_value=0.005,
        max_value=0.49,
        initial=0.05,
        required=False,
        help_text=gettext_lazy(
            "0.05: balanced accuracy between 45% and 55% still counts as undetectable. Not used for “detected”."
        ),
    )
    dprime = forms.FloatField(
        label=gettext_lazy("Mean d′"),
        min_value=0,
        max_value=5,
        initial=0,
        required=False,
        help_text=gettext_lazy(
            "The one to be detected; for “undetectable” the one that observers may have. 0 is guessing."
        ),
    )

    pool = forms.IntegerField(
        label=gettext_lazy("Images in the pool"),
        min_value=4,
        max_value=20_000,
        required=False,
        help_text=gettext_lazy(
            "Where each observer judges images of their own: from how many they are drawn. “Images” are then those of "
            "one observer. Empty: all judge the same."
        ),
    )

    def claim(self) -> Fieldset:
        """Return the fields of what is to be shown."""
        return Fieldset(gettext("The claim"), "goal", side_by_side("margin", "dprime"), "observers_random")

    def design(self) -> Fieldset:
        """Return the fields of how many there are of each."""
        return Fieldset(gettext("The design"), side_by_side("observers", "images"), side_by_side("prevalence", "pool"))

    def clean(self) -> dict[str, object]:
        """Check what needs several fields."""
        given = super().clean()
        pool, images = self.cleaned_data.get("pool"), self.cleaned_data.get("images")
        if pool is not None and images is not None and pool < images:
            self.add_error("pool", gettext("A pool has at least the images that one observer judges."))
        return given

    def check_claim(self) -> None:
        """Add what is wrong with the goal, its margin or its d′."""
        given = self.cleaned_data
        goal = given.get("goal")
        if goal == EQUIVALENCE and given.get("margin") is None and "margin" not in self.errors:
            self.add_error(
                "margin", gettext("Give the margin within which the change counts as undetectable, such as 0.05.")
            )
        if goal == DETECTION and not given.get("dprime") and "dprime" not in self.errors:
            self.add_error(
                "dprime", gettext("Give the d′ to be detected, such as 0.3: at 0 there is nothing to detect.")
            )


def with_defaults(given: QueryDict, form: type[PlanForm] = StudyPlanForm) -> QueryDict:
    """Return what an address holds, with the form's own values for what it leaves out: a link need not hold all."""
    filled = QueryDict(mutable=True)
    for name in given.keys() & form.base_fields.keys():
        filled[name] = str(given[name])
    for name, field in form.base_fields.items():
        # ρ is left out where the images' SD is given in its place.
        if name not in filled and field.initial is not None and not (name == "icc" and filled.get("image_sd")):
            filled[name] = str(field.initial)
    return filled


def plan_request(given: Mapping[str, Any], *, studies: int = 0, most_answers: int | None = None) -> "PlanRequest":
    """Return what a valid form asks.

    Parameters
    ----------
    given
        The form's `cleaned_data`; of two arms d′ is that in the first.
    studies, most_answers
        As for `PlanRequest`.
    """
    from studies.planning.request import PlanRequest, correlation_asked_for  # loads SciPy

    return PlanRequest(
        margin=given["margin"] if given.get("goal") == EQUIVALENCE else None,
        dprime=given["dprime"] or 0.0,
        observers=given["observers"],
        images=given["images"],
        pool=given.get("pool"),
        prevalence=given["prevalence"],
        correlation=correlation_asked_for(icc=given["icc"], image_sd=given["image_sd"]),
        observer_sd=given["observer_sd"],
        observers_random=given["observers_random"],
        level=given["level"],
        power=given["power"],
        studies=studies,
        most_answers=most_answers,
        seed=1 if given["seed"] is None else given["seed"],
    )

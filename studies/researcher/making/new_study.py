"""Where a new study begins: its title, its image pairs, and a template to start from."""

from collections.abc import Callable
from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from ml.models.pair_set import PairSet
from perception.core.form_errors import error_summary
from perception.core.in_turn import in_turn
from studies.design.drafts.planned import create_planned_study
from studies.design.drafts.templates import TEMPLATES, TEMPLATES_BY_KEY, setting_texts
from studies.design.options import STEPS, STUDY_OPTIONS
from studies.models.study import Study
from studies.planning.kept_plan import make_kept_plan
from studies.researcher.access import researcher
from studies.researcher.making.steps import step_address


class NewStudyForm(forms.ModelForm[Study]):
    """What no draft can be without, and what it starts from."""

    plan = forms.CharField(required=False, widget=forms.HiddenInput, max_length=2000)
    template = forms.ChoiceField(
        label=gettext_lazy("Start from"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Everything that a template sets can be changed in the steps that follow."),
    )

    class Meta:
        """The options that have no default."""

        model = Study
        fields = [option.name for option in STUDY_OPTIONS if option.is_asked_first]

    def __init__(self, data: QueryDict | None = None, *, by: User, plan: str = "", pair_set: str = "") -> None:
        """Offer the image pairs, the newest first, and the templates as cards.

        Parameters
        ----------
        pair_set
            The number of the pairs to begin with, as an address has it. Where it is of none that are offered, the
            newest.
        """
        super().__init__(data, initial={"plan": plan})
        for option in STUDY_OPTIONS:
            if option.is_asked_first:
                self.fields[option.name].label = capfirst(option.label)
        pair_sets = cast("forms.ModelChoiceField[PairSet]", self.fields["pair_set"])
        pair_sets.queryset = PairSet.objects.usable_by(by).order_by("-pk")
        asked_for = pair_sets.queryset.filter(pk=pair_set).first() if pair_set.isdecimal() else None
        pair_sets.initial = asked_for or pair_sets.queryset.first()
        template = cast("forms.ChoiceField", self.fields["template"])
        template.choices = [
            (
                one.key,
                format_html(
                    "<strong>{}</strong><br>{}<br><small>{}</small>",
                    gettext(one.title),
                    gettext(one.explained),
                    gettext("; ").join(setting_texts(one)),
                ),
            )
            for one in TEMPLATES
        ]
        template.initial = TEMPLATES[0].key
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("plan", "title", "pair_set", "template")


@login_required
@require_http_methods(["GET", "POST"])
def study_create(request: HttpRequest) -> HttpResponse:
    """Make a draft, and go on to its first step."""
    # To work out a plan again takes SciPy, and its turn.
    return _create_in_turn(request) if request.POST.get("plan") else _create(request)


def _create(request: HttpRequest) -> HttpResponse:
    by = researcher(request)
    form = NewStudyForm(
        request.POST if request.method == "POST" else None,
        by=by,
        plan=request.GET.get("plan", ""),
        pair_set=request.GET.get("pair_set", ""),
    )
    if form.is_bound and form.is_valid() and (study := _made(form, by=by)) is not None:
        return redirect(step_address(study, STEPS[0]))
    plan = form["plan"].value()
    context = {
        "form": form,
        "summary": error_summary(form),
        "has_pair_sets": PairSet.objects.usable_by(by).exists(),
        "plan_url": f"{reverse('studies:study-plan')}?{plan}" if plan else "",
    }
    return render(request, "researcher/making/new.html", context, status=422 if form.errors else 200)


_create_in_turn = cast("Callable[[HttpRequest], HttpResponse]", in_turn(_create))


def _made(form: NewStudyForm, *, by: User) -> Study | None:
    """Make the draft that a valid form asks for; None where it cannot be, which the form then tells."""
    given = form.cleaned_data
    options = TEMPLATES_BY_KEY[given["template"]].options_for(given["pair_set"], by=by) | {"title": given["title"]}
    try:
        plan = make_kept_plan(given["plan"]) if given["plan"] else None
        return create_planned_study(by=by, plan=plan, **options)
    except ValidationError as error:
        form.add_error(None, error.messages)
        return None

"""The pages on which the precision of a method's figures is planned. The address holds the whole plan.

What computes brings SciPy: it is loaded with the first plan.
"""

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from perception.core.in_turn import in_turn
from studies.planning.precision.method import PrecisionMethod
from studies.planning.precision.methods import METHODS

TEMPLATE = "planning/precision.html"
LONGEST = 3.0
"""Seconds for which a page may simulate, about."""
FEWEST_STUDIES = 5
"""Fewer say too little: a study whose page could simulate no more is left to the command."""
SEED = 1


@login_required
@require_safe
@in_turn
def precision_plan(request: HttpRequest, method: str) -> HttpResponse:
    """Ask what is to be planned of a method, and show what is to be expected.

    Raises
    ------
    Http404
        There is no such method.
    """
    if method not in METHODS:
        raise Http404
    asked = METHODS[method]
    context: dict[str, object] = {"method": asked}
    if not request.GET:
        return render(request, TEMPLATE, context | {"form": PrecisionForm(asked)})
    form = PrecisionForm(asked, request.GET)
    context["form"] = form
    if not form.is_valid():
        return render(request, TEMPLATE, context, status=422)
    given = asked.complete(form.cleaned_data)
    studies = asked.studies
    if asked.studies:
        studies = min(studies, int(LONGEST / asked.seconds(given)))
        if studies < FEWEST_STUDIES:
            return render(request, TEMPLATE, context | {"too_large": True})
    try:
        context["plan"] = asked.plan(given, studies=studies, seed=SEED)
    except ValueError as error:
        context["refusal"] = str(error)
        return render(request, TEMPLATE, context, status=422)
    return render(request, TEMPLATE, context)


class PrecisionForm(forms.Form):
    """What a method's plan asks; what an address leaves out is as usual."""

    def __init__(self, method: PrecisionMethod, given: QueryDict | None = None) -> None:
        """Make a field of each quantity."""
        super().__init__(None if given is None else _filled(method, given))
        self._method = method
        for asked in method.quantities:
            self.fields[asked.name] = asked.form_field()
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True  # a GET form

    def clean(self) -> dict[str, object]:
        """Add what does not go together, where each by itself is right."""
        super().clean()
        for name, why in self._method.wrong(self.cleaned_data).items():
            self.add_error(name, why)
        return self.cleaned_data


def _filled(method: PrecisionMethod, given: QueryDict) -> QueryDict:
    filled = QueryDict(mutable=True)
    for asked in method.quantities:
        values = given.getlist(asked.name)
        # Several values may stand in one field, or each for itself, as on the command line.
        filled[asked.name] = (", ".join(values) if asked.several else values[-1]) if values else asked.usual_text
    return filled

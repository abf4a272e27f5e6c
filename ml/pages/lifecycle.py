"""Renaming and deleting what one has made: a form in place, and a page that says what goes and what rests on it."""

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from ml.errors import MlError
from ml.lifecycle.deletion import belongings_of, delete
from ml.lifecycle.dependents import dependents_of
from ml.lifecycle.renaming import rename, why_name_stays
from ml.models import Attack, Classifier, Dataset, PairSet
from ml.models.owned import Owned
from ml.pages.access import managed, signed_in
from ml.pages.forms.work import OPTION_IN_BRACKETS
from ml.runs.checks import longest_name

MANAGED: dict[str, tuple[str, type[Owned]]] = {
    "dataset": ("datasets", Dataset),
    "classifier": ("classifiers", Classifier),
    "attack": ("attacks", Attack),
    "pair-set": ("pairs", PairSet),
}
"""What can be renamed and deleted: the name in addresses' names, where it lies, and the model."""
LISTS = {
    "dataset": gettext_lazy("Datasets"),
    "classifier": gettext_lazy("Classifiers"),
    "attack": gettext_lazy("Attacks"),
    "pair-set": gettext_lazy("Image pairs"),
}
"""What the list of each kind is called."""


class NameForm(forms.Form):
    """The new name of a row."""

    name = forms.CharField(label=gettext_lazy("Name"))

    def __init__(self, data: QueryDict | None, *, row: Owned) -> None:
        """Begin with the name that it has."""
        super().__init__(data, initial={"name": str(row)})
        longest = longest_name(type(row))
        self.fields["name"].widget.attrs |= {"maxlength": longest, "autocomplete": "off"}
        self.helper = FormHelper()
        self.helper.form_tag = False


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename_page(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Give a row another name, or say why it stays; what was typed is kept."""
    user = signed_in(request)
    row = managed(request, MANAGED[kind][1], pk)
    form = NameForm(request.POST if request.method == "POST" else None, row=row)
    if form.is_valid():
        try:
            rename(row=row, name=form.cleaned_data["name"], by=user)
        except MlError as error:
            form.add_error("name", OPTION_IN_BRACKETS.sub("", str(error)))
        else:
            messages.success(
                request, gettext("It is called “%(name)s” now.") % {"name": form.cleaned_data["name"].strip()}
            )
            return redirect(f"ml:{kind}-detail", pk)
    context = {**_context(row, kind), "form": form, "why_name_stays": why_name_stays(row, seen_by=user)}
    return render(request, "ml/lifecycle/rename.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_page(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Say what would go with a row, or what rests on it and keeps it; a POST deletes it."""
    user, model = signed_in(request), MANAGED[kind][1]
    row = managed(request, model, pk)
    if request.method == "POST":
        name = str(row)
        try:
            delete(row=row, by=user)
        except MlError as error:
            messages.error(request, str(error))
            if not model.objects.filter(pk=pk).exists():
                return redirect(f"ml:{kind}-list")
        else:
            messages.success(request, gettext("“%(name)s” is deleted, with its files.") % {"name": name})
            return redirect(f"ml:{kind}-list")
    row = get_object_or_404(model, pk=pk)
    context = {
        **_context(row, kind),
        "resting": dependents_of(row, seen_by=user),
        "belongings": belongings_of(row).in_words,
        "stays": _what_stays(row),
    }
    return render(request, "ml/lifecycle/delete.html", context, status=409 if request.method == "POST" else 200)


def _context(row: Owned, kind: str) -> dict[str, object]:
    return {"row": row, "list_url": f"ml:{kind}-list", "list_title": LISTS[kind], "detail_url": f"ml:{kind}-detail"}


def _what_stays(row: Owned) -> list[tuple[str, str, Owned]]:
    """Return what a row was made from, which can then be deleted by itself: what it is, its page, the row."""
    match row:
        case PairSet():
            return [
                (gettext("the attack"), "ml:attack-detail", row.attack),
                (gettext("the dataset"), "ml:dataset-detail", row.dataset),
            ]
        case Attack() if row.classifier is not None:
            return [(gettext("the classifier"), "ml:classifier-detail", row.classifier)]
        case Classifier():
            return [(gettext("the dataset"), "ml:dataset-detail", row.dataset)]
    return []

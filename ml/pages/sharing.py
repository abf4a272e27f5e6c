"""The button that shares what one has made with all researchers, or takes it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from ml.errors import MlError
from ml.models import Attack, Classifier, Dataset, PairSet, Run
from ml.models.owned import Owned
from ml.pages.access import own, signed_in
from ml.sharing import set_shared

SHARED: dict[str, tuple[str, type[Owned]]] = {
    "dataset": ("datasets", Dataset),
    "classifier": ("classifiers", Classifier),
    "attack": ("attacks", Attack),
    "pair-set": ("pairs", PairSet),
    "run": ("runs", Run),
}
"""What can be shared: the name in addresses' names, where it lies, and the model."""


@login_required
@require_POST
def share(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Share a row, or keep it to its owner again: `shared` in the form is `yes` or `no`."""
    row = own(request, SHARED[kind][1], pk)
    shared = request.POST.get("shared") == "yes"
    try:
        set_shared(row=row, shared=shared, by=signed_in(request))
    except MlError as error:
        messages.error(request, str(error))
    else:
        told = (
            gettext("Every researcher may use it now.")
            if shared
            else gettext("It is private again. What others made of it stays.")
        )
        messages.success(request, told)
    return redirect(f"ml:{kind}-detail", pk)

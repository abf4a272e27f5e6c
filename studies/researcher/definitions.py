"""A study's definition as a file, a study made of such a file, and a study made of another one."""

from collections.abc import Callable
from typing import cast

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ml.models.pair_set import PairSet
from perception.core.form_errors import error_summary
from perception.core.input_files.errors import InputError
from studies.design.definitions.document import FILE_NAME
from studies.design.definitions.importing import (
    Imported,
    PairSetLackingError,
    duplicate_study,
    export_definition,
    import_definition,
)
from studies.design.definitions.reading import LARGEST_BYTES, read_definition
from studies.design.options import STEPS
from studies.researcher.access import own_study, researcher
from studies.researcher.making.steps import step_address
from studies.researcher.sent_file import send_text


class ImportForm(forms.Form):
    """A definition, and image pairs in the place of those that are not here."""

    definition = forms.FileField(
        label=gettext_lazy("The definition"),
        help_text=gettext_lazy("A file that “Definition (JSON)” on a study’s page wrote, here or elsewhere."),
        widget=forms.ClearableFileInput(attrs={"accept": ".json,application/json"}),
    )
    pair_set = forms.ModelChoiceField(
        PairSet.objects.none(),
        label=gettext_lazy("Image pairs for the series, if those that it names are not here"),
        required=False,
        empty_label=gettext_lazy("None: tell me then"),
    )

    def __init__(self, request: HttpRequest, *, by: User) -> None:
        """Offer the image pairs that `by` may use, the newest first."""
        sent = request.method == "POST"
        super().__init__(request.POST if sent else None, request.FILES if sent else None)
        choices = cast("forms.ModelChoiceField[PairSet]", self.fields["pair_set"])
        choices.queryset = PairSet.objects.usable_by(by).order_by("-pk")
        self.helper = FormHelper()
        self.helper.form_tag = False


@login_required
@require_safe
def study_definition(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the definition of a study as a file."""
    study = own_study(request, pk)
    text = export_definition(study=study, by=researcher(request))
    return send_text(study, FILE_NAME, text, content_type="application/json")


@login_required
@require_POST
def study_duplicate(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a draft with all that was set of a study, and go on to its first step."""
    study = own_study(request, pk)
    try:
        made = duplicate_study(study=study, by=researcher(request))
    except PairSetLackingError as error:
        messages.error(request, str(error))
        return redirect("studies:study-detail", pk)
    return _to_first_step(request, made)


@csrf_exempt  # here, since the form may be read once the file in it has somewhere to go; checked in `_import`
@login_required
@require_http_methods(["GET", "POST"])
def study_import(request: HttpRequest) -> HttpResponse:
    """Make a draft of a definition that is sent, and go on to its first step."""
    # Kept in memory: the site takes no file to its disk, and limits how much a form may carry.
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    return _import(request)


@csrf_protect
def _import_checked(request: HttpRequest) -> HttpResponse:
    by = researcher(request)
    form = ImportForm(request, by=by)
    if form.is_bound and form.is_valid() and (made := _made(form, by=by)) is not None:
        return _to_first_step(request, made)
    context = {"form": form, "summary": error_summary(form), "limit": LARGEST_BYTES}
    return render(request, "researcher/import.html", context, status=422 if form.errors else 200)


_import = cast("Callable[[HttpRequest], HttpResponse]", _import_checked)


def _made(form: ImportForm, *, by: User) -> Imported | None:
    """Make the draft that a valid form asks for; None where it cannot be, which the form then tells."""
    file = form.cleaned_data["definition"]
    try:
        definition = read_definition(file.read(), source=file.name or FILE_NAME)
        return import_definition(definition=definition, by=by, instead=form.cleaned_data["pair_set"])
    except InputError as error:
        form.add_error("definition", ValidationError([f"{line.rstrip('.')}." for line in str(error).splitlines()]))
    except PairSetLackingError as error:
        form.add_error("pair_set", str(error))
    except ValidationError as error:
        form.add_error("definition", error.messages)
    return None


def _to_first_step(request: HttpRequest, made: Imported) -> HttpResponse:
    title = made.study.title
    messages.success(request, gettext("“%(title)s” is a draft now. Look it over, step by step.") % {"title": title})
    for gap in made.gaps:
        messages.warning(request, gap.text)
    return redirect(step_address(made.study, STEPS[0]))

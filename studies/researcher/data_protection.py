"""The pages on a study's personal data: what is stored, of whom, until when; one person's, taken away or erased."""

import json

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from perception.core.lists.pages import page_of
from studies.data_protection.amendment import amend_data_protection
from studies.data_protection.erasure import LONGEST_REASON, erase_person
from studies.data_protection.inventory import stored_of_a_person
from studies.data_protection.lookup import people_of, person_from
from studies.data_protection.retention import deletion_day
from studies.data_protection.tally import ErasedPeople
from studies.errors import StudyError
from studies.exports.person import FILE_NAME, export_person, held_back_of
from studies.languages import LANGUAGES
from studies.models.observer import Observer
from studies.models.observer_state import state_of, usable
from studies.models.study import Study
from studies.models.study_state import OVER
from studies.researcher.access import own_study, researcher
from studies.researcher.sent_file import send_text


class AmendmentForm(forms.ModelForm[Study]):
    """What may be changed of it once a study has opened."""

    class Meta:
        """By the names of the study's options."""

        model = Study
        fields = ("data_controller", "data_contact", "kept_days", "keeps_detached_answers")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def study_data_protection(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what is stored of observers, of whom, and until when; a POST changes what may be changed of that later."""
    study = own_study(request, pk)
    form = AmendmentForm(request.POST if request.method == "POST" else None, instance=own_study(request, pk))
    if form.is_bound and form.is_valid():
        try:
            amend_data_protection(study=study, by=researcher(request), **form.cleaned_data)
        except StudyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("It is changed, and observers read it so from now on."))
            return redirect("studies:study-data-protection", pk)
    return _page(request, study, form)


@login_required
@require_POST
def study_person_find(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to the page of the person that a label or a link names."""
    study = own_study(request, pk)
    try:
        person = person_from(request.POST.get("person", ""), study)
    except StudyError as error:
        messages.error(request, str(error))
        return redirect("studies:study-data-protection", pk)
    return redirect("studies:study-person", pk, person.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def study_person(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Show what there is of one person, and what follows from erasing it; a POST erases it."""
    study = own_study(request, pk)
    observer = _person(study, person)
    if request.method == "POST":
        try:
            erase_person(observer=observer, by=researcher(request), reason=request.POST.get("reason", ""))
        except StudyError as error:
            messages.error(request, str(error))
            return redirect("studies:study-person", pk, person)
        messages.success(request, gettext("It is erased. The report says that one person was."))
        return redirect("studies:study-data-protection", pk)
    return render(request, "researcher/person.html", _person_context(study, observer))


@login_required
@require_safe
def study_person_export(request: HttpRequest, pk: int, person: int) -> HttpResponse:
    """Send what is stored of one person as JSON."""
    study = own_study(request, pk)
    told = export_person(observer=_person(study, person), by=researcher(request))
    text = json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    return send_text(study, FILE_NAME, text, content_type="application/json")


def _page(request: HttpRequest, study: Study, form: AmendmentForm) -> HttpResponse:
    page = page_of(people_of(study), request.GET)
    context = {
        "study": study,
        "form": form,
        "purposes": {
            study.text("data_purpose", code): study.text_language("data_purpose", code) for code, _ in LANGUAGES
        },
        "stored": stored_of_a_person(study),
        "deleted_on": deletion_day(study),
        "page": page,
        "people": [(observer, state_of(observer)) for observer in page],
        "erased": ErasedPeople.of(study),
        "has_opened": study.opened_at is not None,
        "longest_reason": LONGEST_REASON,
    }
    return render(request, "researcher/data_protection.html", context, status=422 if form.errors else 200)


def _person_context(study: Study, observer: Observer) -> dict[str, object]:
    session = getattr(observer, "session", None)
    finished = people_of(study).filter(usable(), study=study)
    return {
        "study": study,
        "person": observer,
        "state": state_of(observer),
        "is_pilot": observer.study.is_pilot,
        "n_answers": 0 if session is None else session.trials.filter(answer__isnull=False).count(),
        "n_finished_left": finished.exclude(pk=observer.pk).count(),
        "is_over": study.state in OVER,
        "held_back": held_back_of(observer.study),
        "longest_reason": LONGEST_REASON,
    }


def _person(study: Study, pk: int) -> Observer:
    found = people_of(study).filter(pk=pk).first()
    if found is None:
        raise Http404(f"of no person {pk} anything is stored in study {study.pk}")
    return found

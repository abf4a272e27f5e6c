"""The researcher's pages of classifiers: how good they are, how they were made, and forms to train or add one."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from ml.classifiers.confusion import accuracy_of, confusion_rows
from ml.evaluation.attack_comparison import compare_attacks
from ml.models import Classifier, Dataset
from ml.pages.access import signed_in
from ml.pages.curve_table import points_of, table_of
from ml.pages.forms.classifier import ClassifierForm
from ml.pages.forms.external_classifier import ExternalClassifierForm
from ml.pages.forms.work import answer_work_form
from ml.pages.option_table import option_lines, provenance_lines, version_lines
from perception.core.lists.pages import page_of


@login_required
@require_safe
def classifier_list(request: HttpRequest) -> HttpResponse:
    """List the classifiers."""
    user = signed_in(request)
    page = page_of(Classifier.objects.usable_by(user).select_related("dataset").order_by("-pk"), request.GET)
    context = {
        "page": page,
        "rows": [(classifier, accuracy_of(classifier.metrics)) for classifier in page],
        "has_datasets": Dataset.objects.usable_by(user).exists(),
    }
    return render(request, "ml/classifiers/list.html", context)


@login_required
@require_safe
def classifier_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one classifier."""
    classifier = get_object_or_404(Classifier.objects.select_related("dataset", "run", "owner"), pk=pk)
    points = points_of(classifier.history)
    compared = compare_attacks(classifier, seen_by=signed_in(request))
    context = {
        "classifier": classifier,
        "accuracy": accuracy_of(classifier.metrics),
        "rows": confusion_rows(classifier.metrics),
        "points": points,
        "table": table_of(points),
        "options": option_lines(classifier.options),
        "provenance": provenance_lines(classifier.provenance),
        "versions": version_lines(classifier.provenance.get("versions", {})),
        "attacks": classifier.attacks.usable_by(signed_in(request)).order_by("-pk"),
        "compared": compared,
        "by_colorvideovdp": any(row.colorvideovdp is not None for row in compared),
    }
    return render(request, "ml/classifiers/detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def classifier_create(request: HttpRequest) -> HttpResponse:
    """Ask for the training of a classifier."""
    user = signed_in(request)
    newest = Dataset.objects.usable_by(user).order_by("-pk").first()
    form = ClassifierForm(
        request.POST or None,
        by=user,
        initial={"dataset": request.GET.get("dataset") or (newest.pk if newest else None)},
    )
    return answer_work_form(request, form, "ml/classifiers/form.html", {"has_datasets": newest is not None})


@login_required
@require_http_methods(["GET", "POST"])
def classifier_add(request: HttpRequest) -> HttpResponse:
    """Ask for the import of an external classifier."""
    user = signed_in(request)
    newest = Dataset.objects.usable_by(user).order_by("-pk").first()
    initial = {"dataset": newest.pk, "classes": ", ".join(newest.classes)} if newest else {}
    form = ExternalClassifierForm(request.POST or None, initial=initial, by=user)
    return answer_work_form(request, form, "ml/classifiers/external_form.html", {"has_datasets": newest is not None})

"""The researcher's pages of attacks: how they were made, what their pairs did, and the forms to train one."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from ml.attacks import ATTACKS
from ml.models import Attack, Classifier
from ml.pages.access import signed_in
from ml.pages.curve_table import points_of, table_of
from ml.pages.forms.attack import AttackChoiceForm, AttackForm
from ml.pages.forms.work import answer_work_form
from ml.pages.option_table import option_lines, provenance_lines, version_lines
from ml.pages.pair_sets import with_figures
from perception.core.lists.pages import page_of


@login_required
@require_safe
def attack_list(request: HttpRequest) -> HttpResponse:
    """List the attacks."""
    attacks = page_of(
        Attack.objects.usable_by(signed_in(request))
        .select_related("classifier__dataset")
        .annotate(n_pair_sets=Count("pair_sets"))
        .order_by("-pk"),
        request.GET,
    )
    context = {"attacks": attacks, "has_classifiers": Classifier.objects.usable_by(signed_in(request)).exists()}
    return render(request, "ml/attacks/list.html", context)


@login_required
@require_safe
def attack_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one attack."""
    attack = get_object_or_404(Attack.objects.select_related("classifier__dataset", "owner"), pk=pk)
    points = points_of(attack.history)
    usable = attack.pair_sets.usable_by(signed_in(request)).select_related("dataset", "evaluation", "visibility")
    pair_sets = list(with_figures(usable).order_by("-pk"))
    context = {
        "attack": attack,
        "learns": ATTACKS[attack.kind].learns if attack.kind in ATTACKS else True,
        "points": points,
        "table": table_of(points),
        "options": option_lines(attack.options),
        "provenance": provenance_lines(attack.provenance),
        "versions": version_lines(attack.provenance.get("versions", {})),
        "pair_sets": pair_sets,
        "by_colorvideovdp": any(
            "colorvideovdp" in one.visibility.distributions for one in pair_sets if hasattr(one, "visibility")
        ),
    }
    return render(request, "ml/attacks/detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def attack_create(request: HttpRequest) -> HttpResponse:
    """Ask for the training of an attack: which kind and which classifier stand in the address, chosen before."""
    user = signed_in(request)
    newest = Classifier.objects.usable_by(user).order_by("-pk").first()
    if newest is None:
        return render(request, "ml/classifiers/no_classifiers.html")
    choice = AttackChoiceForm(request.GET if "kind" in request.GET else None, user=user)
    if not choice.is_valid():
        if not choice.is_bound:
            first = {"classifier": request.GET.get("classifier") or newest.pk, "kind": next(iter(ATTACKS))}
            choice = AttackChoiceForm(initial=first, user=user)
        status = 422 if choice.is_bound else 200
        return render(request, "ml/attacks/choice.html", {"form": choice}, status=status)
    classifier, kind = choice.cleaned_data["classifier"], choice.cleaned_data["kind"]
    form = AttackForm(request.POST or None, classifier=classifier, kind=kind, by=user)
    context = {"classifier": classifier, "kind": kind, "method": ATTACKS[kind]}
    return answer_work_form(request, form, "ml/attacks/form.html", context)

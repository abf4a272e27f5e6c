"""The researcher's pages of image pairs: what the attack did, the pairs, and the form to make some."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Aggregate, Avg, Count, Max, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ml.errors import MlError
from ml.evaluation.text.distortion import size_lines
from ml.evaluation.text.visibility import distribution_lines
from ml.models import Attack, Evaluation, ImagePair, ModelObserver, PairSet, Survival, Visibility
from ml.pages.access import signed_in, usable
from ml.pages.forms.pair_import import PairImportForm
from ml.pages.forms.pair_set import PairMakingForm
from ml.pages.forms.visibility import ViewingForm
from ml.pages.forms.work import answer_work_form
from ml.pages.measurements import PAIR_MEASUREMENTS
from ml.pages.option_table import option_lines, provenance_lines, version_lines
from ml.pages.pair_filter import PairFilter
from ml.pairs.example_figure import AMPLIFIED
from ml.tasks import enqueue
from perception.core.lists.pages import page_of

PAIRS_A_PAGE = 12


@login_required
@require_safe
def pair_set_list(request: HttpRequest) -> HttpResponse:
    """List the pair sets."""
    user = signed_in(request)
    usable_sets = PairSet.objects.usable_by(user).select_related(
        "attack__classifier", "dataset", "evaluation", "visibility"
    )
    pair_sets = page_of(with_figures(usable_sets).order_by("-pk"), request.GET)
    context = {"pair_sets": pair_sets, "has_attacks": _usable_attacks(user).exists()}
    return render(request, "ml/pairs/pair_set_list.html", context)


@login_required
@require_safe
def pair_set_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one pair set: Table 1, the sizes of the change, and its pairs, a page at a time."""
    pair_set = get_object_or_404(
        PairSet.objects.select_related("attack__classifier", "dataset", "evaluation", "owner"), pk=pk
    )
    evaluation = Evaluation.objects.filter(pair_set=pair_set).first()
    visibility = Visibility.objects.filter(pair_set=pair_set).first()
    chosen = PairFilter(request.GET, pair_set=pair_set)
    context: dict[str, object] = {
        "pair_set": pair_set,
        "n_pairs": pair_set.pairs.count(),
        "page": Paginator(chosen.pairs(), PAIRS_A_PAGE).get_page(request.GET.get("page")),
        "filter": chosen,
        "largest": pair_set.pairs.aggregate(largest=Max("linf"))["largest"],
        "evaluation": evaluation.table if evaluation else None,
        "fooling": _fooling(evaluation),
        "measurements": _measurements(pair_set),
        "visibility": visibility,
        "visibility_lines": distribution_lines(visibility.distributions) if visibility else [],
        "visibility_versions": version_lines(visibility.versions) if visibility else [],
        "viewing": ViewingForm(initial={"pixels_per_degree": visibility.pixels_per_degree} if visibility else None),
        "survival": Survival.objects.filter(pair_set=pair_set).first(),
        "model_observer": ModelObserver.objects.filter(pair_set=pair_set).first(),
        "sizes": size_lines(evaluation.sizes) if evaluation else [],
        "amplified": AMPLIFIED,
        "options": option_lines(pair_set.provenance.get("options", {})),
        "provenance": provenance_lines(pair_set.provenance),
        "versions": version_lines(pair_set.provenance.get("versions", {})),
    }
    return render(request, "ml/pairs/pair_set_detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def pair_set_create(request: HttpRequest) -> HttpResponse:
    """Ask for image pairs."""
    newest = _usable_attacks(signed_in(request)).order_by("-pk").first()
    form = PairMakingForm(
        request.POST or None,
        by=signed_in(request),
        initial={"attack": request.GET.get("attack") or (newest.pk if newest else None)},
    )
    return answer_work_form(request, form, "ml/pairs/pair_set_form.html", {"has_attacks": newest is not None})


@login_required
@require_POST
def pair_set_measure(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Ask for a measurement of a pair set, unless it is on its way."""
    pair_set = usable(request, PairSet, pk)
    measurement = PAIR_MEASUREMENTS[slug]
    run = measurement.run_of(pair_set)
    if run is None:
        try:
            run = enqueue(measurement.work(pair_set, request.POST), by=signed_in(request))
        except MlError as error:
            messages.error(request, str(error))
            return redirect("ml:pair-set-detail", pk)
        messages.success(request, gettext("It is queued. This page shows how far it is."))
    return redirect("ml:run-detail", run.pk)


@login_required
@require_http_methods(["GET", "POST"])
def pair_set_import(request: HttpRequest) -> HttpResponse:
    """Ask for the import of pairs that were perturbed elsewhere."""
    form = PairImportForm(request.POST or None, by=signed_in(request))
    return answer_work_form(request, form, "ml/pairs/import_form.html", {})


def _usable_attacks(user: User) -> QuerySet[Attack]:
    """Return the attacks that can perturb images here, and that somebody may use."""
    return Attack.objects.usable_by(user).exclude(kind=Attack.ELSEWHERE)


def _fooling(evaluation: Evaluation | None) -> str:
    """Return the fooling ratio in words; nothing where no classifier was measured."""
    if evaluation is None or not evaluation.table:
        return ""
    from ml.evaluation.stored_table import read_attack_table  # brings SciPy: not when the server starts
    from ml.evaluation.text.fooling import fooling_sentence

    table = read_attack_table(evaluation.table)
    return fooling_sentence(table.overall, table.target)


def _measurements(pair_set: PairSet) -> dict[str, dict[str, object]]:
    """Return each measurement, with its run where it is on its way."""
    return {
        one.slug.replace("-", "_"): {"offer": one, "run": one.run_of(pair_set)} for one in PAIR_MEASUREMENTS.values()
    }


def with_figures(pair_sets: QuerySet[PairSet]) -> QuerySet[PairSet]:
    """Add `n_pairs`, `mean_psnr` (dB; of the twins that differ) and `mean_ssim` to each pair set.

    By a query within the query for each: one join with all pairs, grouped, would sort the evaluations' tables too.
    """
    return pair_sets.annotate(
        n_pairs=_of_its_pairs(Count("pk")),
        mean_psnr=_of_its_pairs(Avg("psnr")),
        mean_ssim=_of_its_pairs(Avg("ssim")),
    )


def _of_its_pairs(figure: Aggregate) -> Subquery:
    pairs = ImagePair.objects.filter(pair_set=OuterRef("pk")).order_by().values("pair_set")
    return Subquery(pairs.annotate(figure=figure).values("figure"))

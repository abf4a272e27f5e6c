"""The researcher's pages of image pairs: what the attack did, and what its pairs look like."""

from typing import Any, Literal

import numpy as np
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Avg, Count, Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ml.evaluation_lines import size_lines
from ml.models import Evaluation, ImagePair, PairSet
from ml.pixels import decode, encode_png

PAIRS_A_PAGE = 12
AMPLIFIED = 10
"""How many times the difference between the twins is enlarged, around mid-grey."""


@login_required
@require_safe
def pair_set_list(request: HttpRequest) -> HttpResponse:
    """List the pair sets."""
    pair_sets = (
        PairSet.objects.select_related("attack__classifier", "dataset", "evaluation")
        .annotate(n_pairs=Count("pairs"), mean_psnr=Avg("pairs__psnr"), mean_ssim=Avg("pairs__ssim"))
        .order_by("-pk")
    )
    return render(request, "ml/pair_set_list.html", {"pair_sets": pair_sets})


@login_required
@require_safe
def pair_set_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one pair set: Table 1, the sizes of the change, and its pairs, a page at a time."""
    pair_set = get_object_or_404(PairSet.objects.select_related("attack__classifier", "dataset"), pk=pk)
    evaluation = Evaluation.objects.filter(pair_set=pair_set).first()
    pairs = pair_set.pairs.select_related("image").order_by("pk")
    page = Paginator(pairs, PAIRS_A_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "pair_set": pair_set,
        "page": page,
        "largest": pairs.aggregate(largest=Max("linf"))["largest"],
        "evaluation": evaluation.table if evaluation else None,
        "sizes": size_lines(evaluation.sizes) if evaluation else [],
        "amplified": AMPLIFIED,
    }
    return render(request, "ml/pair_set_detail.html", context)


@login_required
@require_safe
def pair_image(request: HttpRequest, pk: int, kind: Literal["clean", "perturbed", "difference"]) -> HttpResponse:
    """Send one twin of a pair as it is stored, or the difference between the two, enlarged around mid-grey."""
    pair = get_object_or_404(ImagePair, pk=pk)
    try:
        data = _difference(pair) if kind == "difference" else _stored(pair, kind)
    except OSError:
        raise Http404 from None
    response = HttpResponse(data, content_type="image/png")
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


def _stored(pair: ImagePair, kind: str) -> bytes:
    file = pair.perturbed_file if kind == "perturbed" else pair.clean_file
    with default_storage.open(str(file.name)) as stored:
        return bytes(stored.read())


def _difference(pair: ImagePair) -> bytes:
    clean, perturbed = (decode(_stored(pair, kind)).astype(np.int16) for kind in ("clean", "perturbed"))
    enlarged = np.clip(128 + AMPLIFIED * (perturbed - clean), 0, 255).astype(np.uint8)
    return encode_png(enlarged)

"""One image pair, to be looked at closely: clean, perturbed, and the difference (the paper's Figure 3)."""

from typing import Literal

import numpy as np
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ml.models import ImagePair
from ml.pair_filter import PairFilter
from ml.pixels import decode, encode_png

AMPLIFIED = 10
"""How many times the difference between the twins is enlarged, around mid-grey."""
SCALES = (1, 2, 3, 4, 6, 8)
"""Screen pixels per image pixel that the viewer offers."""


@login_required
@require_safe
def pair_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one pair, with the way to those before and after it among the pairs that the filter lets pass."""
    pair = get_object_or_404(ImagePair.objects.select_related("image", "pair_set__attack", "pair_set__dataset"), pk=pk)
    chosen = PairFilter(request.GET, pair_set=pair.pair_set)
    others = chosen.pairs()
    before, after = others.filter(pk__lt=pk), others.filter(pk__gt=pk)
    n_before = before.count()
    target = pair.pair_set.attack.target_class
    context = {
        "pair": pair,
        "pair_set": pair.pair_set,
        "query": chosen.query,
        "previous": before.last(),
        "next": after.first(),
        "place": n_before + 1,
        "n": n_before + after.count() + 1,
        "fooled": pair.perturbed_prediction == target and pair.image.diagnosis != target,
        "amplified": AMPLIFIED,
        "scales": SCALES,
    }
    return render(request, "ml/pair_detail.html", context)


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

"""One image pair, to be looked at closely: clean, perturbed, and the difference (the paper's Figure 3)."""

from typing import Literal

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ml.evaluation.text.visibility import measure_lines
from ml.images.change_region import unpacked
from ml.images.pixels import decode, encode_mask, encode_png
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.images.visibility.maps import WHITE_CIEDE2000, WHITE_FLIP, colour_difference_picture, flip_picture
from ml.images.visibility.viewing import DEFAULT_PIXELS_PER_DEGREE
from ml.models import ImagePair, PairVisibility, Visibility
from ml.pages.pair_filter import PairFilter
from ml.pairs.example_figure import AMPLIFIED, enlarged_difference
from perception.core.in_turn import picture_in_turn
from perception.core.picture_response import picture_response

PictureKind = Literal["clean", "perturbed", "difference", "ciede2000", "flip", "mask"]

SCALES = (1, 2, 3, 4, 6, 8)
"""Screen pixels per image pixel that the viewer offers."""


@login_required
@require_safe
def pair_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one pair, with the way to those before and after it among the pairs that the filter lets pass."""
    pair = get_object_or_404(ImagePair.objects.select_related("image", "pair_set__attack", "pair_set__dataset"), pk=pk)
    chosen = PairFilter(request.GET, pair_set=pair.pair_set)
    before, after = chosen.around(pair)
    measured = PairVisibility.objects.filter(pair=pair).first()
    n_before = before.count()
    context = {
        "pair": pair,
        "pair_set": pair.pair_set,
        "query": chosen.query,
        "previous": before.last(),
        "next": after.first(),
        "place": n_before + 1,
        "n": n_before + after.count() + 1,
        "fooled": ImagePair.objects.filter(pair_set=pair.pair_set, pk=pk).filter(chosen.fooled_pairs).exists(),
        "amplified": AMPLIFIED,
        "scales": SCALES,
        "measures": [] if measured is None else measure_lines(measured),
        "pixels_per_degree": _pixels_per_degree(pair),
        "white_ciede2000": WHITE_CIEDE2000,
        "white_flip": WHITE_FLIP,
    }
    return render(request, "ml/pairs/pair_detail.html", context)


@login_required
@require_safe
@picture_in_turn
def pair_image(request: HttpRequest, pk: int, kind: PictureKind) -> HttpResponse:
    """Send one twin of a pair as it was made, the difference between the two, where it is visible, or its mask."""
    pair = get_object_or_404(ImagePair.objects.select_related("pair_set"), pk=pk)
    try:
        data = _stored(pair, kind) if kind in {"clean", "perturbed", "mask"} else _computed(pair, kind)
    except (OSError, AlteredFileError):  # nobody shall take for the attack what happened to a file
        raise Http404 from None
    return picture_response(data, content_type="image/png", kept_for=86_400)


def _stored(pair: ImagePair, kind: str) -> bytes:
    if kind == "mask":
        if pair.mask is None:
            raise FileNotFoundError(f"the pair {pair.pk} has no mask")
        return encode_mask(unpacked(bytes(pair.mask), pair.pair_set.image_size))
    if kind == "perturbed":
        return read_unaltered(pair.perturbed_file, pair.perturbed_sha256)
    return read_unaltered(pair.clean_file, pair.clean_sha256)


def _computed(pair: ImagePair, kind: str) -> bytes:
    """Return the difference of the twins as a PNG, or a map of how visible it is.

    Maps are computed when somebody looks, by the functions that measure: half as much again as the pairs take would be
    stored for pictures of which few are looked at. What they need is loaded with the first one.
    """
    clean, perturbed = (decode(_stored(pair, twin)) for twin in ("clean", "perturbed"))
    if kind == "ciede2000":
        return encode_png(colour_difference_picture(clean, perturbed))
    if kind == "flip":
        return encode_png(flip_picture(clean, perturbed, pixels_per_degree=_pixels_per_degree(pair)))
    return encode_png(enlarged_difference(clean, perturbed))


def _pixels_per_degree(pair: ImagePair) -> float:
    """Return how the images are viewed: as when the pair set was measured, or FLIP's own default."""
    measured = Visibility.objects.filter(pair_set=pair.pair_set_id).values_list("pixels_per_degree", flat=True).first()
    return DEFAULT_PIXELS_PER_DEGREE if measured is None else measured

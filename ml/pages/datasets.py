"""The researcher's pages of datasets: what they hold, how it is split, what it looks like, and forms to bring more."""

import io

from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe
from PIL import Image as Picture
from PIL import ImageOps

from ml.datasets.class_distribution import class_distribution
from ml.images.stored_file import AlteredFileError, read_unaltered
from ml.models import Dataset, Image
from ml.pages.access import signed_in
from ml.pages.forms.dataset import FORMS
from ml.pages.forms.work import answer_work_form
from ml.pages.option_table import option_lines
from perception.core.in_turn import picture_in_turn
from perception.core.lists.pages import page_of
from perception.core.picture_response import picture_response

EXAMPLES_A_CLASS = 5
CONVERSIONS = 20
"""At most so many kinds of conversion are listed."""
THUMBNAIL = 192
"""Longest side of an example, in pixels: twice what the page shows, for screens with small pixels."""


@login_required
@require_safe
def dataset_list(request: HttpRequest) -> HttpResponse:
    """List the datasets."""
    datasets = page_of(
        Dataset.objects.usable_by(signed_in(request))
        .annotate(
            n_train=Count("images", filter=Q(images__split=Image.Split.TRAIN)),
            n_test=Count("images", filter=Q(images__split=Image.Split.TEST)),
        )
        .order_by("-pk"),
        request.GET,
    )
    return render(request, "ml/datasets/list.html", {"datasets": datasets})


@login_required
@require_safe
def dataset_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one dataset: where it is from, its class distribution, some of its images, what learnt from it."""
    dataset = get_object_or_404(Dataset.objects.select_related("owner"), pk=pk)
    distribution = class_distribution(dataset)
    context = {
        "dataset": dataset,
        "distribution": distribution,
        "examples": [(row, _examples(dataset, row.name)) for row in distribution.classes if row.total]
        if dataset.may_be_used_by(signed_in(request))
        else [],
        "n_not_square": dataset.images.exclude(width=F("height")).count(),
        "conversions": dataset.images.exclude(conversion="")
        .order_by()
        .values("conversion")
        .annotate(images=Count("pk"))
        .order_by("-images", "conversion")[:CONVERSIONS],
        "options": option_lines(dataset.options),
        "classifiers": dataset.classifiers.usable_by(signed_in(request)).order_by("-pk"),
        "pair_sets": dataset.pair_sets.usable_by(signed_in(request)).order_by("-pk"),
    }
    return render(request, "ml/datasets/detail.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def dataset_create(request: HttpRequest) -> HttpResponse:
    """Ask for the import of images; where they come from stands in the address, chosen before."""
    chosen = FORMS.get(request.GET.get("source", ""))
    if chosen is None:
        return render(request, "ml/datasets/choice.html", {"forms": FORMS})
    return answer_work_form(request, chosen(request.POST or None, by=signed_in(request)), "ml/datasets/form.html", {})


@login_required
@require_safe
@picture_in_turn
def image_thumbnail(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one image, small."""
    image = get_object_or_404(Image, pk=pk)
    try:
        with Picture.open(io.BytesIO(read_unaltered(image.file, image.sha256))) as opened:
            opened.draft("RGB", (THUMBNAIL, THUMBNAIL))  # a JPEG is decoded no larger than it has to be
            small = ImageOps.exif_transpose(opened).convert("RGB")
            small.thumbnail((THUMBNAIL, THUMBNAIL))
    except (OSError, ValueError, SyntaxError, AlteredFileError):  # gone, or not the image any more
        raise Http404 from None
    out = io.BytesIO()
    small.save(out, format="JPEG", quality=85)
    return picture_response(out.getvalue(), content_type="image/jpeg", kept_for=86_400)


def _examples(dataset: Dataset, diagnosis: str) -> list[Image]:
    return list(dataset.images.filter(diagnosis=diagnosis).order_by("name")[:EXAMPLES_A_CLASS])

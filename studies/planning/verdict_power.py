"""The margin's power at the size that a study has, in a sentence. It loads SciPy."""

from django.utils.translation import gettext

from perception.analysis.planning.power import Design, power
from perception.analysis.planning.sample_size import images_needed
from perception.core.formatting import localized
from studies.models.study import Study
from studies.planning.links import images_and_share, images_in_pool, verdicts_of
from studies.planning.request import PlanRequest
from studies.planning.wording import observers_text, power_text


def verdict_power_text(study: Study, *, observers: int) -> str:
    """Say in how many of such studies a change that nobody sees would be called undetectable, and what 80% takes.

    Parameters
    ----------
    study
        With numbers of images within their bounds.
    observers
        How many judge each image, at least 1; where each judges images of their own, how many there are.
    """
    images, share = images_and_share(study)
    pool = images_in_pool(study)
    request = PlanRequest(margin=study.margin, observers=observers, images=images, prevalence=share, pool=pool)
    many = _many(images, observers, parts=verdicts_of(study), pool=pool)
    try:
        design = Design.of(observers=observers, images=images, prevalence=share, pool=pool)
    except ValueError as error:  # of one kind too few for an interval
        return gettext("With %(many)s there is no verdict: %(error)s.") % {"many": many, "error": error}
    shown = power_text(power(request.claim, request.assumed, design))
    needed = images_needed(
        request.claim, request.assumed, observers=observers, prevalence=share, power=request.power, pool=pool
    )
    wanted = localized(f"{100 * request.power:g}%")
    if needed is None:
        enough = gettext("no number of images gives %(wanted)s") % {"wanted": wanted}
    else:
        enough = gettext("%(images)s images for %(wanted)s") % {"images": localized(f"{needed:,}"), "wanted": wanted}
    return gettext(
        "With %(many)s a change of d′ 0 would be called undetectable in %(shown)s of such studies; %(enough)s."
    ) % {
        "many": many,
        "shown": shown,
        "enough": enough,
    }


def _many(images: int, observers: int, *, parts: int, pool: int | None) -> str:
    """Say how many images and observers one verdict rests on."""
    said = {
        "images": localized(f"{images:,}"),
        "verdicts": parts,
        "observers": observers_text(observers),
        "pool": localized(f"{pool or 0:,}"),
    }
    if pool is not None and parts > 1:
        text = gettext(
            "%(images)s images of each observer’s own for each of %(verdicts)s verdicts, from a pool of %(pool)s, and "
            "%(observers)s"
        )
    elif pool is not None:
        text = gettext("%(images)s images of each observer’s own, from a pool of %(pool)s, and %(observers)s")
    elif parts > 1:
        text = gettext("%(images)s images for each of %(verdicts)s verdicts and %(observers)s")
    else:
        text = gettext("%(images)s images and %(observers)s")
    return text % said

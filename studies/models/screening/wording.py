"""What passes a check, in words: for observers before they consent, for researchers, and for the report."""

from django.utils.translation import gettext

from perception.core.formatting import localized
from studies.models.screening.check import Check
from studies.models.study import Study


def what_passes(study: Study, check: Check) -> str:
    """Return what is needed to pass a check of a study, in the language of the page; it ends without a full stop."""
    told = {
        "width": study.least_window_width,
        "height": study.least_window_height,
        "least": _number(study.least_pixel_ratio),
        "most": _number(study.most_pixel_ratio),
    }
    texts = {
        Check.TOUCH: gettext("a mouse, a trackpad or a pen to point with, not a finger"),
        Check.WINDOW: gettext("a browser window of at least %(width)s × %(height)s pixels"),
        Check.PIXEL_RATIO: gettext("a screen with %(least)s to %(most)s screen pixels per pixel of the page"),
        Check.ZOOM: gettext("the page at a zoom of 100%%"),
    }
    return texts[check] % told


def _number(value: float) -> str:
    return localized(f"{value:g}")

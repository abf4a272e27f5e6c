"""What passes a check, in words: for observers before they consent, for researchers, and for the report."""

from django.utils.translation import gettext

from perception.core.formatting import localized
from studies.models.screening.check import Check
from studies.models.study import Study
from studies.screening.patches import N_PATCHES
from studies.screening.plates import N_PLATES
from studies.screening.rings import AT_LEAST_RIGHT, N_RINGS


def what_passes(study: Study, check: Check) -> str:
    """Return what is needed to pass a check of a study, in the language of the page; it ends without a full stop."""
    told = {
        "width": study.least_window_width,
        "height": study.least_window_height,
        "least": _number(study.least_pixel_ratio),
        "most": _number(study.most_pixel_ratio),
        "nearest": study.least_distance_cm,
        "farthest": study.most_distance_cm,
        "brightness": study.brightness_at_least,
        "patches": N_PATCHES,
        "colours": study.colour_vision_at_least,
        "plates": N_PLATES,
        "rings_right": AT_LEAST_RIGHT,
        "rings": N_RINGS,
        "acuity": _number(study.least_acuity),
        "distance": study.acuity_distance_cm,
        "comprehended": study.least_comprehended,
        "questions": study.n_comprehension,
        "tries": study.comprehension_tries,
    }
    texts = {
        Check.TOUCH: gettext("a mouse, a trackpad or a pen to point with, not a finger"),
        Check.WINDOW: gettext("a browser window of at least %(width)s × %(height)s pixels"),
        Check.PIXEL_RATIO: gettext("a screen with %(least)s to %(most)s screen pixels per pixel of the page"),
        Check.ZOOM: gettext("the page at a zoom of 100%%"),
        Check.SCREEN_COLOURS: _screen_colours(study),
        Check.VIEWING_DISTANCE: gettext("a viewing distance of %(nearest)s to %(farthest)s cm"),
        Check.BRIGHTNESS: gettext("at least %(brightness)s of %(patches)s faint digits read, near black and white"),
        Check.COLOUR_VISION: gettext("at least %(colours)s of %(plates)s colour plates read"),
        Check.ACUITY: gettext(
            "at least %(rings_right)s of %(rings)s Landolt rings read that a near acuity of %(acuity)s sees at "
            "%(distance)s cm"
        ),
        Check.COMPREHENSION: gettext(
            "at least %(comprehended)s of %(questions)s questions on the instructions answered right, in at most "
            "%(tries)s tries"
        ),
    }
    return texts[check] % told


def _screen_colours(study: Study) -> str:
    if study.refuses_wide_gamut and study.refuses_high_dynamic_range:
        return gettext(
            "a screen with at least 8 bits a channel, in its own colours, of no wider gamut than sRGB and without a "
            "high dynamic range"
        )
    if study.refuses_wide_gamut:
        return gettext("a screen with at least 8 bits a channel, in its own colours, of no wider gamut than sRGB")
    if study.refuses_high_dynamic_range:
        return gettext("a screen with at least 8 bits a channel, in its own colours, without a high dynamic range")
    return gettext("a screen with at least 8 bits a channel, in its own colours, neither inverted nor replaced")


def _number(value: float) -> str:
    return localized(f"{value:g}")

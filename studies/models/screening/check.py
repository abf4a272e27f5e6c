"""The checks that a study can put observers through, and what it may do with those who do not pass one."""

from django.db import models
from django.utils.translation import gettext_lazy


class Check(models.TextChoices):
    """A check by its key, in the order in which they come."""

    TOUCH = "touch", gettext_lazy("touch screen")
    WINDOW = "window", gettext_lazy("window")
    PIXEL_RATIO = "pixel_ratio", gettext_lazy("pixel ratio")
    ZOOM = "zoom", gettext_lazy("zoom")
    SCREEN_COLOURS = "screen_colours", gettext_lazy("colours of the screen")
    VIEWING_DISTANCE = "viewing_distance", gettext_lazy("viewing distance")
    BRIGHTNESS = "brightness", gettext_lazy("brightness and contrast")
    COLOUR_VISION = "colour_vision", gettext_lazy("colour vision")
    ACUITY = "acuity", gettext_lazy("near acuity")
    COMPREHENSION = "comprehension", gettext_lazy("comprehension of the instructions")

    @property
    def words(self) -> str:
        """The check's name in English, as reports and exports write it: “pixel ratio”."""
        return self.value.replace("_", " ")


DEVICE_CHECKS = (Check.TOUCH, Check.WINDOW, Check.PIXEL_RATIO, Check.ZOOM, Check.SCREEN_COLOURS)
"""Those judged by what the browser tells with the consent."""
VISUAL_CHECKS = (Check.BRIGHTNESS, Check.COLOUR_VISION, Check.ACUITY)
"""Those with a page on which figures are looked at, after the consent."""
PAGE_CHECKS = (Check.VIEWING_DISTANCE, *VISUAL_CHECKS)
"""Those with a page of their own between the consent and the questions."""
NEED_CARD = (Check.VIEWING_DISTANCE, Check.ACUITY)
"""Those that rest on the size of the screen's pixels, which a card held to the screen tells."""


class CheckRule(models.TextChoices):
    """What becomes of whoever does not pass a check."""

    OFF = "off", gettext_lazy("no check")
    RECORD = "record", gettext_lazy("record it")
    LEAVE_OUT = "leave_out", gettext_lazy("record it, and leave out of the main figures")
    END = "end", gettext_lazy("end the session")

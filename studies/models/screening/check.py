"""The checks that a study can put observers through, and what it may do with those who do not pass one."""

from django.db import models
from django.utils.translation import gettext_lazy


class Check(models.TextChoices):
    """A check by its key, in the order in which they come."""

    TOUCH = "touch", gettext_lazy("touch screen")
    WINDOW = "window", gettext_lazy("window")
    PIXEL_RATIO = "pixel_ratio", gettext_lazy("pixel ratio")
    ZOOM = "zoom", gettext_lazy("zoom")
    BRIGHTNESS = "brightness", gettext_lazy("brightness and contrast")
    COLOUR_VISION = "colour_vision", gettext_lazy("colour vision")
    ACUITY = "acuity", gettext_lazy("near acuity")
    COMPREHENSION = "comprehension", gettext_lazy("comprehension of the instructions")


DEVICE_CHECKS = (Check.TOUCH, Check.WINDOW, Check.PIXEL_RATIO, Check.ZOOM)
"""Those judged by what the browser tells with the consent."""
VISUAL_CHECKS = (Check.BRIGHTNESS, Check.COLOUR_VISION, Check.ACUITY)
"""Those with a page on which something is looked at, after the consent."""


class CheckRule(models.TextChoices):
    """What becomes of whoever does not pass a check."""

    OFF = "off", gettext_lazy("no check")
    RECORD = "record", gettext_lazy("record it")
    END = "end", gettext_lazy("end the session")

"""What a study sets of the checks: fields of a study, in a file of their own."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext, gettext_lazy

from studies.models.screening.check import Check, CheckRule

LARGEST_WINDOW = 8_000
"""CSS pixels."""
LARGEST_PIXEL_RATIO = 8
LONGEST_RULE = 10  # characters


def _rule(label: object, help_text: object = "") -> "models.CharField[str, str]":
    return models.CharField(
        label,  # type: ignore[arg-type]
        max_length=LONGEST_RULE,
        choices=CheckRule.choices,
        default=CheckRule.OFF,
        help_text=help_text,  # type: ignore[arg-type]
    )


class ScreeningSettings(models.Model):
    """Which checks a study makes, what passes them, and what becomes of whoever does not pass."""

    checks_touch = _rule(
        gettext_lazy("touch screens"),
        gettext_lazy("Passed with a mouse, a trackpad or a pen: by whether the browser’s main pointer is a finger."),
    )
    checks_window = _rule(gettext_lazy("size of the window"))
    least_window_width = models.PositiveIntegerField(
        gettext_lazy("smallest width, CSS pixels"),
        default=1000,
        validators=[MinValueValidator(200), MaxValueValidator(LARGEST_WINDOW)],
    )
    least_window_height = models.PositiveIntegerField(
        gettext_lazy("smallest height, CSS pixels"),
        default=600,
        validators=[MinValueValidator(200), MaxValueValidator(LARGEST_WINDOW)],
    )
    checks_pixel_ratio = _rule(
        gettext_lazy("device pixel ratio"),
        gettext_lazy("Screen pixels per CSS pixel. Zooming changes it: 1.25 may be a laptop, or a zoom of 125%."),
    )
    least_pixel_ratio = models.FloatField(
        gettext_lazy("smallest ratio"),
        default=1.0,
        validators=[MinValueValidator(0.25), MaxValueValidator(LARGEST_PIXEL_RATIO)],
    )
    most_pixel_ratio = models.FloatField(
        gettext_lazy("largest ratio"),
        default=3.0,
        validators=[MinValueValidator(0.25), MaxValueValidator(LARGEST_PIXEL_RATIO)],
    )
    checks_zoom = _rule(
        gettext_lazy("zoom"),
        gettext_lazy(
            "Passed at 100%, as far as a browser tells: some do not, and in some a sidebar counts as zoom. "
            "Images are shown pixel for pixel at any zoom."
        ),
    )

    class Meta:
        """Part of the table of studies."""

        abstract = True

    def rule_of(self, check: Check) -> CheckRule:
        """Return what becomes of whoever does not pass a check."""
        return CheckRule(getattr(self, f"checks_{check.value}"))

    @property
    def checks(self) -> tuple[Check, ...]:
        """The checks that the study makes, in their order."""
        return tuple(check for check in Check if self.rule_of(check) != CheckRule.OFF)

    @property
    def ending_checks(self) -> tuple[Check, ...]:
        """The checks that end the session of whoever does not pass."""
        return tuple(check for check in Check if self.rule_of(check) == CheckRule.END)

    def wrong_screening(self) -> dict[str, str]:
        """Return what does not go together of the checks, by field."""
        wrong: dict[str, str] = {}
        if self.least_pixel_ratio > self.most_pixel_ratio:
            wrong["most_pixel_ratio"] = gettext("The largest ratio is below the smallest one.")
        return wrong

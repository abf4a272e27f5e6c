"""What a study sets of the checks: fields of a study, in a file of their own."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext, gettext_lazy

from studies.errors import StudyError
from studies.models.screening.check import NEED_CARD, PAGE_CHECKS, Check, CheckRule
from studies.questionnaire.comprehension import parse_comprehension, require_same_comprehension
from studies.screening.patches import N_PATCHES
from studies.screening.plates import N_PLATES
from studies.screening.viewing import LARGEST_DISTANCE_CM, SMALLEST_DISTANCE_CM

LARGEST_WINDOW = 8_000
"""CSS pixels."""
LARGEST_PIXEL_RATIO = 8
FEWEST_PLATES = 4
"""That are read by nobody who confuses red and green, unless by luck."""
MOST_TRIES = 5
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

    checks_screen_colours = _rule(
        gettext_lazy("colours of the screen"),
        gettext_lazy(
            "Passed with at least 8 bits a channel, and where colours are neither inverted nor replaced by those of a "
            "high contrast: by what the browser tells of the screen, which is not measured."
        ),
    )
    refuses_wide_gamut = models.BooleanField(
        gettext_lazy("and no wider gamut than sRGB"),
        default=False,
        help_text=gettext_lazy(
            "With 8 bits a channel such a screen has fewer steps within sRGB: some changes by one level are lost on it."
        ),
    )
    refuses_high_dynamic_range = models.BooleanField(
        gettext_lazy("and no high dynamic range"),
        default=False,
        help_text=gettext_lazy("Many screens of newer phones and laptops have one."),
    )

    checks_viewing_distance = _rule(
        gettext_lazy("viewing distance"),
        gettext_lazy(
            "By the blind spot of the left eye, within some centimetres, or as observers tell it. It needs the screen "
            "to be measured with a bank card."
        ),
    )
    least_distance_cm = models.PositiveSmallIntegerField(
        gettext_lazy("smallest distance, cm"),
        default=40,
        validators=[MinValueValidator(SMALLEST_DISTANCE_CM), MaxValueValidator(LARGEST_DISTANCE_CM)],
    )
    most_distance_cm = models.PositiveSmallIntegerField(
        gettext_lazy("largest distance, cm"),
        default=80,
        validators=[MinValueValidator(SMALLEST_DISTANCE_CM), MaxValueValidator(LARGEST_DISTANCE_CM)],
        help_text=gettext_lazy(
            "At 60 cm the dot runs over 14 cm of the screen until it vanishes, at 100 cm over 24 cm: wider than phones."
        ),
    )

    checks_brightness = _rule(
        gettext_lazy("brightness and contrast"),
        gettext_lazy("Digits hardly lighter than black, and hardly darker than white: are they read?"),
    )
    brightness_at_least = models.PositiveSmallIntegerField(
        gettext_lazy("at least so many of 8 digits right"),
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(N_PATCHES)],
    )
    checks_colour_vision = _rule(
        gettext_lazy("colour vision"),
        gettext_lazy(
            "Plates of coloured dots that the program draws anew for each observer: a screening for strong red–green "
            "deficiencies, not a diagnosis."
        ),
    )
    colour_vision_at_least = models.PositiveSmallIntegerField(
        gettext_lazy("at least so many of 8 plates right"),
        default=7,
        validators=[MinValueValidator(FEWEST_PLATES), MaxValueValidator(N_PLATES)],
        help_text=gettext_lazy("Whoever confuses red and green gets two right without guessing."),
    )
    checks_acuity = _rule(
        gettext_lazy("near acuity"),
        gettext_lazy(
            "Rings with a gap (Landolt), 6 of 8 to be right; a screening, not a diagnosis. It needs the screen to be "
            "measured with a bank card."
        ),
    )
    least_acuity = models.FloatField(
        gettext_lazy("smallest acuity, decimal"),
        default=0.3,
        validators=[MinValueValidator(0.05), MaxValueValidator(2)],
        help_text=gettext_lazy(
            "1 is a gap of one minute of arc. At 60 cm an ordinary screen shows no more than 0.3, at 1 m 0.5; a fine "
            "one twice that."
        ),
    )
    acuity_distance_cm = models.PositiveSmallIntegerField(
        gettext_lazy("distance from the screen, cm"),
        default=60,
        validators=[MinValueValidator(30), MaxValueValidator(300)],
        help_text=gettext_lazy("Observers are asked to keep it."),
    )
    checks_comprehension = _rule(
        gettext_lazy("comprehension of the instructions"),
        gettext_lazy("Questions after the instructions, which are read again after each try that did not pass."),
    )
    comprehension_at_least = models.PositiveSmallIntegerField(
        gettext_lazy("at least so many questions right"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=gettext_lazy("Empty: all of them."),
    )
    comprehension_tries = models.PositiveSmallIntegerField(
        gettext_lazy("tries"), default=2, validators=[MinValueValidator(1), MaxValueValidator(MOST_TRIES)]
    )
    comprehension = models.TextField(
        gettext_lazy("questions on the instructions"),
        blank=True,
        help_text=gettext_lazy(
            "One a line, its choices with | between them and = after the one that is right:\n"
            "“How often may you look at an image?: once | as often as I like =”"
        ),
    )
    comprehension_fr = models.TextField(
        gettext_lazy("questions on the instructions, in French"),
        blank=True,
        help_text=gettext_lazy("The same questions and choices, line by line."),
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

    @property
    def leaving_out_checks(self) -> tuple[Check, ...]:
        """The checks that leave whoever does not pass out of the main figures."""
        return tuple(check for check in Check if self.rule_of(check) == CheckRule.LEAVE_OUT)

    @property
    def page_checks(self) -> tuple[Check, ...]:
        """The checks that the study makes on a page of their own before the questions, in their order."""
        return tuple(check for check in self.checks if check in PAGE_CHECKS)

    @property
    def needs_card(self) -> bool:
        """Whether a check rests on the size of the screen's pixels."""
        return any(check in NEED_CARD for check in self.checks)

    @property
    def asks_comprehension(self) -> bool:
        """Whether the study asks questions on the instructions."""
        return self.rule_of(Check.COMPREHENSION) != CheckRule.OFF

    @property
    def least_comprehended(self) -> int:
        """How many questions on the instructions must be answered right."""
        return self.comprehension_at_least or self.n_comprehension

    @property
    def n_comprehension(self) -> int:
        """How many questions there are on the instructions; while a line of a draft is wrong, the number of lines."""
        try:
            return len(parse_comprehension(self.comprehension))
        except StudyError:
            return sum(bool(line.strip()) for line in self.comprehension.splitlines())

    def wrong_screening(self) -> dict[str, str]:
        """Return what does not go together of the checks, by field."""
        wrong: dict[str, str] = {}
        if self.least_pixel_ratio > self.most_pixel_ratio:
            wrong["most_pixel_ratio"] = gettext("The largest ratio is below the smallest one.")
        if self.least_distance_cm > self.most_distance_cm:
            wrong["most_distance_cm"] = gettext("The largest distance is below the smallest one.")
        return wrong | self._wrong_comprehension()

    def _wrong_comprehension(self) -> dict[str, str]:
        try:
            questions = parse_comprehension(self.comprehension)
        except StudyError as error:
            return {"comprehension": str(error)}
        wrong: dict[str, str] = {}
        if not questions and self.rule_of(Check.COMPREHENSION) != CheckRule.OFF:
            wrong["comprehension"] = gettext("Write the questions, or make no check of the comprehension.")
        if questions and (self.comprehension_at_least or 0) > len(questions):
            wrong["comprehension_at_least"] = gettext("There are %(n)d questions.") % {"n": len(questions)}
        if self.comprehension_fr.strip():
            try:
                require_same_comprehension(questions, parse_comprehension(self.comprehension_fr))
            except StudyError as error:
                wrong["comprehension_fr"] = str(error)
        return wrong

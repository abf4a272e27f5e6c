"""One person's run through a study."""

from django.db import models
from django.utils.translation import gettext_lazy

from studies.languages import ENGLISH, LANGUAGES
from studies.models.observer import Observer
from studies.models.screening.check import Check


class Rejection(models.TextChoices):
    """Why a researcher rejects a session: one of a list, so that nobody is left out for what they saw."""

    INATTENTIVE = "inattentive", gettext_lazy("did not follow the instructions")
    TOO_FAST = "too_fast", gettext_lazy("answered faster than anybody can look")
    TWICE = "twice", gettext_lazy("took part twice")
    NOT_ELIGIBLE = "not_eligible", gettext_lazy("does not belong to the people who were sought")
    TECHNICAL = "technical", gettext_lazy("a technical fault spoilt the session")
    NO_PERSON = "no_person", gettext_lazy("was a program, or was helped by one")


FULL = "full"
"""What ended a session whose group had no place left, in the place of a check's key."""
LONGEST_CHECK = 30
"""Characters of the key of a screening check."""

_ENDS = ("finished_at", "withdrawn_at", "screened_out_at", "timed_out_at")
ENDING_MOMENTS = (*_ENDS, "rejected_at", "returned_at")
"""The times of which each ends a session. The first four exclude one another; the others may come after any of them."""


def _at_most_one(moments: tuple[str, ...]) -> models.Q:
    """Return the condition that no two of several times are there."""
    condition = models.Q()
    for place, one in enumerate(moments):
        for other in moments[place + 1 :]:
            condition &= models.Q(**{f"{one}__isnull": True}) | models.Q(**{f"{other}__isnull": True})
    return condition


class Session(models.Model):
    """One person's run: consent, a fixed series of trials, an end.

    It is made whole when the person consents; where the questionnaire tells the group of somebody who came by an open
    link, and with it the place and the trials, these are made when it is answered.

    Where the session stands follows from what is there (`studies.sessions.stage`), and is stored nowhere.
    """

    observer = models.OneToOneField(Observer, on_delete=models.CASCADE, related_name="session")
    seed = models.PositiveBigIntegerField(
        null=True, help_text="the order of the trials follows from it; empty until there are trials"
    )
    drawing_version = models.PositiveSmallIntegerField(
        null=True, help_text="version of the algorithm in studies.randomization; empty until there are trials"
    )
    consent_sha256 = models.CharField(max_length=64, help_text="of the consent text that was shown")
    consented_at = models.DateTimeField()
    language = models.CharField(max_length=2, choices=LANGUAGES, default=ENGLISH)
    display = models.JSONField(
        default=dict,
        blank=True,
        help_text="pixel ratio, window, screen and its colours at the start, CSS pixels per millimetre",
    )
    questionnaire = models.JSONField(
        default=list, blank=True, help_text="the questions that were asked and the answers, in order"
    )
    questionnaire_at = models.DateTimeField(null=True, blank=True)
    n_screened = models.PositiveSmallIntegerField(
        default=0, help_text="how many of the checks with a page of their own were taken, before the questions"
    )
    screened_at = models.DateTimeField(null=True, blank=True, help_text="when the last of them was taken")
    asked_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="when questions on the instructions were come to; none while those are read",
    )
    instructed_at = models.DateTimeField(null=True, blank=True, help_text="when the instructions were left behind")
    comments = models.TextField(blank=True)
    commented_at = models.DateTimeField(null=True, blank=True)
    score = models.JSONField(null=True, blank=True, help_text="how many answers were right, if the study tells it")
    finished_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    screened_out_at = models.DateTimeField(null=True, blank=True)
    screened_out_by = models.CharField(
        max_length=LONGEST_CHECK, blank=True, help_text="key of the check that ended the session"
    )
    timed_out_at = models.DateTimeField(
        null=True, blank=True, help_text="when it counted as abandoned, and the place went to the next person"
    )
    rejected_at = models.DateTimeField(null=True, blank=True)
    rejection = models.CharField(max_length=20, choices=Rejection.choices, blank=True)
    returned_at = models.DateTimeField(
        null=True, blank=True, help_text="when the person was said to have given the task back to the recruiter"
    )

    class Meta:
        """In the order of consent."""

        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=_at_most_one(_ENDS), name="session_ends_once"),
            models.CheckConstraint(
                condition=models.Q(screened_out_at__isnull=True, screened_out_by="")
                | (models.Q(screened_out_at__isnull=False) & ~models.Q(screened_out_by="")),
                name="session_screened_out_by_a_check",
            ),
            models.CheckConstraint(
                condition=models.Q(rejected_at__isnull=True, rejection="")
                | models.Q(rejected_at__isnull=False, rejection__in=Rejection.values),
                name="session_rejected_for_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(language__in=[code for code, _ in LANGUAGES]), name="session_language_known"
            ),
        ]

    def __str__(self) -> str:
        """Return the observer's label."""
        return f"session of {self.observer}"

    @property
    def screened_out_at_check(self) -> str:
        """The name of the check that ended the session, in the language of the page; empty where none did."""
        return str(Check(self.screened_out_by).label) if self.screened_out_by in Check.values else ""

    @property
    def is_over(self) -> bool:
        """Whether no further answer is taken."""
        return any(getattr(self, moment) is not None for moment in ENDING_MOMENTS)

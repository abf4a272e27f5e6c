"""A study: what is asked of whom about which images."""

import uuid

from django.contrib.auth.models import AnonymousUser, User
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from ml.models.pair_set import PairSet

from .study_defaults import CONSENT_TEXT, INSTRUCTIONS, QUESTION


class StudyQuerySet(models.QuerySet["Study"]):
    """Questions that are asked of all studies."""

    def visible_to(self, user: User | AnonymousUser) -> "StudyQuerySet":
        """Return the studies that a researcher may see: their own; a superuser sees all."""
        if isinstance(user, AnonymousUser):
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(owner=user)


class Study(models.Model):
    """One perception study, from draft to closed.

    What an observer meets is fixed when the study opens: the protocol is then written down as JSON and hashed,
    and no field that the protocol holds changes any more (`studies.study_design` refuses it).
    """

    class State(models.TextChoices):
        """Where the study stands."""

        DRAFT = "draft", "draft"
        OPEN = "open", "open"
        CLOSED = "closed", "closed"

    class DisplayRule(models.TextChoices):
        """What happens where the images cannot be shown whole, at the set scale."""

        FLAG = "flag", "show it, and mark the answers"
        REFUSE = "refuse", "ask for a larger window first"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="studies")
    title = models.CharField(max_length=200, help_text="Observers see it. It should not give away the hypothesis.")
    question = models.CharField(max_length=300, default=QUESTION, help_text="Asked below every image.")
    instructions = models.TextField(default=INSTRUCTIONS, help_text="Shown before the first image.")
    consent_text = models.TextField(
        default=CONSENT_TEXT, help_text="What the observer agrees to. Its hash is kept with every consent."
    )
    pair_set = models.ForeignKey(
        PairSet,
        on_delete=models.PROTECT,
        related_name="studies",
        verbose_name="image pairs",
        help_text="Where the images come from. Each image is shown either clean or perturbed, never both.",
    )
    n_perturbed = models.PositiveIntegerField(
        "perturbed images",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="How many of the images shown are perturbed.",
    )
    n_clean = models.PositiveIntegerField(
        "clean images",
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="How many of the images shown are clean.",
    )
    one_lesion_once = models.BooleanField(
        "show a lesion only once",
        default=True,
        help_text="Draw at most one image of each lesion: an observer who meets a lesion twice can compare.",
    )
    scale = models.PositiveSmallIntegerField(
        "screen pixels per image pixel",
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(8)],
        help_text="1 shows images pixel for pixel; 2 and more repeat each pixel exactly, without smoothing.",
    )
    display_rule = models.CharField(
        "if an image does not fit the window",
        max_length=10,
        choices=DisplayRule.choices,
        default=DisplayRule.FLAG,
    )
    closes_when_finished = models.BooleanField(
        "close when every invited observer is done",
        default=True,
        help_text="The results can be seen once the study is closed.",
    )
    seed = models.PositiveBigIntegerField(
        help_text="Which images are drawn, and each observer's order, follow from it. Leave empty to draw one.",
        blank=True,
        validators=[MaxValueValidator(2**53 - 1)],
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT, editable=False)
    protocol = models.JSONField(null=True, editable=False, help_text="what was fixed when the study opened")
    protocol_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    unblinded_at = models.DateTimeField(null=True, editable=False, help_text="results were seen while it was open")

    objects = StudyQuerySet.as_manager()

    class Meta:
        """Newest first."""

        ordering = ["-pk"]
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(condition=models.Q(n_perturbed__gte=1), name="study_shows_a_perturbed_image"),
            models.CheckConstraint(condition=models.Q(n_clean__gte=1), name="study_shows_a_clean_image"),
            models.CheckConstraint(condition=models.Q(scale__gte=1, scale__lte=8), name="study_scale_1_to_8"),
            models.CheckConstraint(
                condition=models.Q(state="draft") | models.Q(opened_at__isnull=False, protocol__isnull=False),
                name="study_has_a_protocol_once_opened",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="closed") | models.Q(closed_at__isnull=False),
                name="study_closed_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        """Return the title."""
        return self.title

    @property
    def n_images(self) -> int:
        """How many images an observer sees."""
        return self.n_perturbed + self.n_clean

    @property
    def results_visible(self) -> bool:
        """Whether results split by truth may be shown: the study is closed, or was unblinded (and that logged)."""
        return self.state == self.State.CLOSED or (self.state == self.State.OPEN and self.unblinded_at is not None)

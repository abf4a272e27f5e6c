"""A way to perturb images so that a classifier errs."""

import uuid

from django.db import models
from django.utils.translation import gettext

from ml.errors import MlError
from ml.models.classifier import Classifier
from ml.models.owned import Owned
from ml.models.run import Run


class Attack(Owned):
    """One attack at one strength: on a classifier that is here, or of pairs that another program made."""

    ELSEWHERE = "elsewhere"
    """The kind of an attack whose pairs were brought in: nothing here can perturb as it does."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100, unique=True)
    classifier = models.ForeignKey(
        Classifier,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="attacks",
        help_text="none where the pairs were made elsewhere",
    )
    kind = models.CharField(
        max_length=20, help_text="the family of the attack: a name of `ml.attacks.ATTACKS`, or `elsewhere`"
    )
    made_by = models.TextField(blank=True, help_text="what perturbed the images, where that was another program")
    reference = models.TextField(blank=True, help_text="where that attack is described")
    classifier_elsewhere = models.CharField(
        max_length=100, blank=True, help_text="the classifier that such an attack was made against, as it was told"
    )
    target_class = models.CharField(max_length=50, blank=True, help_text="empty: any wrong class will do")
    strength = models.FloatField(help_text="largest change to a pixel channel, in 8-bit levels (epsilon)")
    weights = models.FileField(max_length=200, blank=True, help_text="what it learnt; none if it learns nothing")
    weights_sha256 = models.CharField(max_length=64, blank=True)
    options = models.JSONField(default=dict)
    history = models.JSONField(default=dict, help_text="loss, step by step")
    provenance = models.JSONField(default=dict)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="attacks")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """As they were made."""

        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(strength__gt=0, strength__lte=255), name="attack_strength_in_levels"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="elsewhere", classifier__isnull=True)
                | (~models.Q(kind="elsewhere") & models.Q(classifier__isnull=False)),
                name="attack_classifier_unless_elsewhere",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="elsewhere") | ~models.Q(target_class=""),
                name="attack_target_class_unless_elsewhere",
            ),
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

    @property
    def is_elsewhere(self) -> bool:
        """Whether another program perturbed the images."""
        return self.kind == self.ELSEWHERE

    @property
    def against(self) -> str:
        """The name of the classifier under attack; empty where that is not known."""
        return self.classifier_elsewhere if self.classifier is None else self.classifier.name

    @property
    def attacked_classifier(self) -> Classifier:
        """The classifier under attack, which is here.

        Raises
        ------
        MlError
            The pairs were made elsewhere.
        """
        if self.classifier is None:
            raise MlError(
                gettext(
                    "The pairs of the attack %(name)s were made elsewhere: the classifier that it was made "
                    "against is not here to be asked. Its predictions can be given when the pairs are brought in."
                )
                % {"name": self.name}
            )
        return self.classifier

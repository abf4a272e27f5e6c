"""A way to perturb images so that a classifier errs."""

import uuid

from django.db import models

from ml.models.classifier import Classifier
from ml.models.owned import Owned
from ml.models.run import Run


class Attack(Owned):
    """One attack on one classifier at one strength."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100, unique=True)
    classifier = models.ForeignKey(Classifier, on_delete=models.PROTECT, related_name="attacks")
    kind = models.CharField(max_length=20, help_text="the family of the attack: a name of `ml.attacks.ATTACKS`")
    target_class = models.CharField(max_length=50)
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
        ]

    def __str__(self) -> str:
        """Return the name."""
        return self.name

"""A way to perturb images so that a classifier errs."""

import uuid

from django.db import models

from .classifier import Classifier
from .run import Run


class Attack(models.Model):
    """One attack, trained against one classifier at one strength."""

    class Kind(models.TextChoices):
        """The family of the attack; one module of `ml.attacks` each."""

        GENERATOR = "generator", "generator (Poursaeed et al. 2018)"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=100, unique=True)
    classifier = models.ForeignKey(Classifier, on_delete=models.PROTECT, related_name="attacks")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    target_class = models.CharField(max_length=50)
    strength = models.FloatField(help_text="largest change to a pixel channel, in 8-bit levels (epsilon)")
    weights = models.FileField(max_length=200)
    weights_sha256 = models.CharField(max_length=64)
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

"""Whether a program sees what people are asked to see."""

from django.db import models

from ml.models.pair_set import PairSet
from ml.models.run import Run


class ModelObserver(models.Model):
    """How well a small network, trained on some pairs of a pair set, tells clean from perturbed on the others."""

    pair_set = models.OneToOneField(PairSet, on_delete=models.CASCADE, related_name="model_observer")
    table = models.JSONField(help_text="AUC with its interval, sensitivity, specificity, and how many images of each")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="model_observers")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Return what was judged."""
        return f"model observer of {self.pair_set}"

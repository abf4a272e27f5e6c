"""What is left of an attack when its images are saved, shown or photographed by others."""

from django.db import models

from ml.models.pair_set import PairSet
from ml.models.run import Run


class Survival(models.Model):
    """How often one pair set still fools its classifier after compression, resizing or blur."""

    pair_set = models.OneToOneField(PairSet, on_delete=models.CASCADE, related_name="survival")
    rows = models.JSONField(help_text="one a degradation: its name, n, fooling ratio and accuracy, with intervals")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="survivals")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Return what was degraded."""
        return f"survival of {self.pair_set}"

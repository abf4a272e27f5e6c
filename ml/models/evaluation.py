"""What an attack did to the classifier: the paper's Table 1 and the sizes of the change."""

from django.db import models

from ml.models.pair_set import PairSet
from ml.models.run import Run


class Evaluation(models.Model):
    """The measured effect of one pair set, on its saved 8-bit images."""

    pair_set = models.OneToOneField(PairSet, on_delete=models.CASCADE, related_name="evaluation")
    table = models.JSONField(
        default=dict,
        blank=True,
        help_text="the attack summary of perception.analysis, as JSON; empty: no classifier's predictions were given",
    )
    sizes = models.JSONField(help_text="distributions of L∞, L2, PSNR and SSIM over the pairs")
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.SET_NULL, related_name="evaluations")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Return what was evaluated."""
        return f"evaluation of {self.pair_set}"

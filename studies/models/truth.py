"""Which stimuli are perturbed. Nothing on the observer's side may import this module (an import contract)."""

from django.db import models

from ml.models.image_pair import ImagePair

from .stimulus import Stimulus


class Truth(models.Model):
    """Whether one stimulus is perturbed, and of which image pair it is.

    The relation has no reverse name: from a stimulus, a trial or a session there is no attribute that leads here.
    """

    stimulus = models.OneToOneField(Stimulus, on_delete=models.CASCADE, primary_key=True, related_name="+")
    pair = models.ForeignKey(ImagePair, on_delete=models.PROTECT, related_name="+")
    perturbed = models.BooleanField()

    class Meta:
        """Kept together."""

        verbose_name_plural = "truths"

    def __str__(self) -> str:
        """Return the truth in the words of the exports."""
        return "perturbed" if self.perturbed else "clean"

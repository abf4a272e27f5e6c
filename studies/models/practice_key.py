"""Which practice stimuli are perturbed: the one thing of this kind that the observer's side may read.

It is told to every observer after each practice trial anyway. Practice stimuli show lesions that are in no series, so
that nothing follows from it about any other stimulus.
"""

from django.db import models

from studies.models.stimulus import Stimulus


class PracticeKey(models.Model):
    """Whether one practice stimulus is perturbed. There is none for a stimulus of the series."""

    stimulus = models.OneToOneField(Stimulus, on_delete=models.CASCADE, primary_key=True, related_name="+")
    perturbed = models.BooleanField()

    def __str__(self) -> str:
        """Return it in the words of the exports."""
        return "perturbed" if self.perturbed else "clean"

"""By which rule a change is called undetectable. It loads nothing: whoever only asks for the rule needs no SciPy."""

from typing import Final, Literal

VerdictRule = Literal["d_prime", "balanced_accuracy"]

D_PRIME: Final = "d_prime"
"""d′ within the margin, one verdict for each strength (`verdict`)."""
BALANCED_ACCURACY: Final = "balanced_accuracy"
"""Balanced accuracy within the margin, of all strengths together (`accuracy_verdict`): protocols up to version 3."""

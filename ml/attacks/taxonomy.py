"""Where an attack stands in published catalogues of attacks on machine learning, by identifier and name.

MITRE ATLAS (https://atlas.mitre.org; data at https://github.com/mitre-atlas/atlas-data): sub-techniques of AML.T0043,
Craft Adversarial Data. NIST AI 100-2e2025, Adversarial Machine Learning: A Taxonomy and Terminology of Attacks and
Mitigations (March 2025): the attacks whose objective is the integrity of what a model says.
"""

from dataclasses import dataclass

ATLAS = "MITRE ATLAS"
NIST = "NIST AI 100-2e2025"


@dataclass(frozen=True, slots=True)
class Technique:
    """An entry of a catalogue, as it was published."""

    catalogue: str
    identifier: str
    name: str

    def __str__(self) -> str:
        """Return it as a report names it."""
        return f"{self.catalogue} {self.identifier} ({self.name})"


WHITE_BOX = (Technique(ATLAS, "AML.T0043.000", "White-Box Optimization"), Technique(NIST, "NISTAML.022", "Evasion"))
"""The attack follows the classifier's gradient, to perturb or in its training."""

BLACK_BOX = (
    Technique(ATLAS, "AML.T0043.001", "Black-Box Optimization"),
    Technique(NIST, "NISTAML.025", "Black-box Evasion"),
)
"""The attack asks the classifier for its output alone."""

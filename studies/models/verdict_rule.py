"""By which rule a study's verdict is found: the one that its protocol fixed."""

from perception.analysis.detection.verdict_rule import BALANCED_ACCURACY, D_PRIME, VerdictRule
from perception.analysis.json_values import JsonObject

ENTRY = "rule_of_equivalence"
"""Key in the protocol's `analysis`; protocols up to version 3 have none."""


def verdict_rule_of(protocol: JsonObject) -> VerdictRule:
    """Return the rule that a protocol fixed.

    Raises
    ------
    ValueError
        The protocol names a rule that this program does not have.
    """
    analysis = protocol.get("analysis")
    rule = analysis.get(ENTRY, BALANCED_ACCURACY) if isinstance(analysis, dict) else BALANCED_ACCURACY
    if rule == D_PRIME:
        return D_PRIME
    if rule == BALANCED_ACCURACY:
        return BALANCED_ACCURACY
    raise ValueError(f"the protocol names the rule of equivalence {rule!r}; there are {D_PRIME}, {BALANCED_ACCURACY}")

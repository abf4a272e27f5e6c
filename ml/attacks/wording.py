"""An attack in words, for pages and reports: one that is here, or one whose pairs were brought in."""

from ml.attacks import attack_title
from ml.models import Attack


def attack_words(attack: Attack) -> str:
    """Return what an attack is, against what, and to which end, as the beginning of a sentence."""
    if attack.is_elsewhere:
        return f"perturbed elsewhere by {attack.made_by}, against {_classifier(attack)}, {target_words(attack)}"
    return f"{attack_title(attack.kind)} against {attack.against}, {target_words(attack)}"


def target_words(attack: Attack) -> str:
    """Return the target class in words; that there is none, where there is none."""
    return f"target class {attack.target_class}" if attack.target_class else "no target class"


def _classifier(attack: Attack) -> str:
    return attack.against or "a classifier that was not named"

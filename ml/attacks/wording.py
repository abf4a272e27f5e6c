"""An attack in words, for pages and reports: one that is here, or one whose pairs were brought in."""

from django.utils.translation import gettext, gettext_noop

from ml.attacks import ATTACKS
from ml.models.attack import Attack


def attack_words(attack: Attack) -> str:
    """Return what an attack is, against what, and to which end, as the beginning of a sentence."""
    if attack.is_elsewhere:
        return gettext("perturbed elsewhere by %(made_by)s, against %(classifier)s, %(target)s") % {
            "made_by": attack.made_by,
            "classifier": _classifier(attack),
            "target": target_words(attack),
        }
    return gettext("%(kind)s against %(classifier)s, %(target)s") % {
        "kind": gettext(attack_title(attack.kind)),
        "classifier": attack.against,
        "target": target_words(attack),
    }


def target_words(attack: Attack) -> str:
    """Return the target class in words; that there is none, where there is none."""
    return (
        gettext("target class %(target_class)s") % {"target_class": attack.target_class}
        if attack.target_class
        else gettext("no target class")
    )


def _classifier(attack: Attack) -> str:
    return attack.against or gettext("a classifier that was not named")


def attack_title(kind: str) -> str:
    """Return an attack's name for people; of one that this version does not have, the name it is stored under."""
    if kind == Attack.ELSEWHERE:
        return gettext_noop("made elsewhere")
    return ATTACKS[kind].title if kind in ATTACKS else kind


def techniques_text(kind: str) -> str:
    """Return an attack's entries in published catalogues; nothing of one that this version does not have."""
    return "; ".join(map(str, ATTACKS[kind].techniques)) if kind in ATTACKS else ""

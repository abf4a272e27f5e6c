"""Ways to perturb images so that a classifier errs; one module each."""

from django.utils.translation import gettext_noop

from ml.attacks.fgsm import FgsmAttack
from ml.attacks.generator import GeneratorAttack
from ml.attacks.method import AttackMethod, AttackOptions, Perturb, TrainedAttack
from ml.attacks.one_pixel import OnePixelAttack
from ml.attacks.pgd import PgdAttack
from ml.attacks.transform import TransformAttack
from ml.attacks.universal import UniversalAttack
from ml.models.attack import Attack

ATTACKS: dict[str, AttackMethod] = {
    "generator": GeneratorAttack(),
    "universal": UniversalAttack(),
    "pgd": PgdAttack(),
    "fgsm": FgsmAttack(),
    "one_pixel": OnePixelAttack(),
    "transform": TransformAttack(),
}


def attack_title(kind: str) -> str:
    """Return an attack's name for people; of one that this version does not have, the name it is stored under."""
    if kind == Attack.ELSEWHERE:
        return gettext_noop("made elsewhere")
    return ATTACKS[kind].title if kind in ATTACKS else kind


def techniques_text(kind: str) -> str:
    """Return an attack's entries in published catalogues; nothing of one that this version does not have."""
    return "; ".join(map(str, ATTACKS[kind].techniques)) if kind in ATTACKS else ""


__all__ = ["ATTACKS", "AttackMethod", "AttackOptions", "Perturb", "TrainedAttack", "attack_title", "techniques_text"]

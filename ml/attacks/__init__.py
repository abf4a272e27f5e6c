"""Ways to perturb images so that a classifier errs; one module each."""

from ml.attacks.generator import GeneratorAttack
from ml.attacks.gradient_based.apgd import ApgdAttack
from ml.attacks.gradient_based.fgsm import FgsmAttack
from ml.attacks.gradient_based.least_change import LeastChangeAttack
from ml.attacks.gradient_based.perc_al import PercAlAttack
from ml.attacks.gradient_based.pgd import PgdAttack
from ml.attacks.gradient_based.ssah import SsahAttack
from ml.attacks.method import AttackMethod, AttackOptions, Perturb, TrainedAttack
from ml.attacks.one_pixel import OnePixelAttack
from ml.attacks.transform import TransformAttack
from ml.attacks.universal import UniversalAttack

ATTACKS: dict[str, AttackMethod] = {
    "generator": GeneratorAttack(),
    "universal": UniversalAttack(),
    "pgd": PgdAttack(),
    "apgd": ApgdAttack(),
    "fgsm": FgsmAttack(),
    "perc_al": PercAlAttack(),
    "least_change": LeastChangeAttack(),
    "ssah": SsahAttack(),
    "one_pixel": OnePixelAttack(),
    "transform": TransformAttack(),
}


__all__ = ["ATTACKS", "AttackMethod", "AttackOptions", "Perturb", "TrainedAttack"]

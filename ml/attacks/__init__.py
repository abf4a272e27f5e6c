"""Ways to perturb images so that a classifier errs; one module each."""

from ml.attacks.fgsm import FgsmAttack
from ml.attacks.generator import GeneratorAttack
from ml.attacks.method import AttackMethod, AttackOptions, Perturb, TrainedAttack
from ml.attacks.one_pixel import OnePixelAttack
from ml.attacks.pgd import PgdAttack
from ml.attacks.transform import TransformAttack
from ml.attacks.universal import UniversalAttack

ATTACKS: dict[str, AttackMethod] = {
    "generator": GeneratorAttack(),
    "universal": UniversalAttack(),
    "pgd": PgdAttack(),
    "fgsm": FgsmAttack(),
    "one_pixel": OnePixelAttack(),
    "transform": TransformAttack(),
}


__all__ = ["ATTACKS", "AttackMethod", "AttackOptions", "Perturb", "TrainedAttack"]

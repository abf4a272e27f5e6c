"""Ways to perturb images so that a classifier errs; one module each."""

from ml.attacks.generator import GeneratorAttack
from ml.attacks.method import AttackMethod, AttackOptions, Perturb, TrainedAttack
from ml.attacks.universal import UniversalAttack

ATTACKS: dict[str, AttackMethod] = {
    "generator": GeneratorAttack(),
    "universal": UniversalAttack(),
}

__all__ = ["ATTACKS", "AttackMethod", "AttackOptions", "Perturb", "TrainedAttack"]

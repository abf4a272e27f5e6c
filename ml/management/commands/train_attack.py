"""`manage.py train_attack`: a generator of perturbations against a classifier."""

from argparse import ArgumentParser
from typing import Any

from ml.asked import unique_name
from ml.attack_training import AttackTraining
from ml.attacks import ATTACKS
from ml.management.attack_flags import add_attack_flags, given_settings
from ml.management.work_command import WorkCommand
from ml.models import Attack, Classifier, Image
from ml.selection import named_or_newest


class Command(WorkCommand):
    """Train an attack that makes a classifier say the target class."""

    help = "Train an attack that makes a classifier say the target class."
    title = "Training the attack"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        super().add_arguments(parser)
        parser.add_argument("--classifier", metavar="NAME", help="default: the newest")
        parser.add_argument("--name", help="default: the classifier's name, the kind of attack and its strength")
        parser.add_argument("--kind", default="generator", choices=ATTACKS, help="default: %(default)s")
        parser.add_argument("--target-class", default="nv", help="what the classifier is to say (default: %(default)s)")
        parser.add_argument(
            "--strength",
            type=float,
            default=8.0,
            metavar="LEVELS",
            help="largest change to a pixel channel, of 255 levels (default: %(default)g)",
        )
        parser.add_argument(
            "--split",
            default="train",
            choices=Image.Split.values,
            help="which images the attack learns on; the paper took test (default: %(default)s)",
        )
        parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
        add_attack_flags(parser)

    def work(self, options: dict[str, Any]) -> AttackTraining:
        """Return the training that the command line asks for."""
        classifier = named_or_newest(Classifier, options["classifier"])
        base = f"{classifier.name} {options['kind']} {options['strength']:g}"
        return AttackTraining(
            classifier=classifier,
            name=options["name"] or unique_name(Attack, base),
            kind=options["kind"],
            target_class=options["target_class"],
            strength=options["strength"],
            settings=given_settings(options),
            split=options["split"],
            seed=options["seed"],
        )

    def tell(self, made: Attack, options: dict[str, Any]) -> None:
        """Print how far it came on the images that it learnt on."""
        if not ATTACKS[made.kind].learns:
            self.stdout.write(f"Attack {made.name!r}: nothing to learn. `make_pairs` and `evaluate_attack` measure it.")
            return
        last = made.history["fooled"][-20:]
        self.stdout.write(
            f"Attack {made.name!r}: in its last {len(last)} steps the classifier read {sum(last) / len(last):.1%} "
            f"of the {made.options['split']} images as {made.target_class}; trained in "
            f"{made.provenance['seconds']:.0f} s. `make_pairs` and `evaluate_attack` measure it."
        )

"""`manage.py train_attack`: an attack on a classifier, or one a strength."""

import itertools
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Sequence

from ml.attacks import ATTACKS
from ml.attacks.training import AttackTraining
from ml.management.attack_flags import add_attack_flags, given_settings
from ml.management.data_command import Options
from ml.management.work_command import WorkCommand
from ml.models import Attack, Classifier, Image
from ml.runs.checks import unique_name
from ml.runs.lookup import named_or_newest
from ml.runs.reuse import find_reusable, name_is_taken
from ml.runs.work import Work

# Left of a name's hundred characters when the strength is added.
LONGEST_BASE = 85


def strengths(text: str) -> tuple[float, ...]:
    """Read `8` or `2,4,6,8`; what is named twice is meant once."""
    try:
        return tuple(dict.fromkeys(float(part) for part in text.split(",")))
    except ValueError:
        raise ArgumentTypeError(f"numbers with commas between them, such as 8 or 2,4,6,8; not {text!r}") from None


class Command(WorkCommand[Attack]):
    """Train an attack that makes a classifier say the target class."""

    help = "Train an attack that makes a classifier say the target class."
    title = "Training the attack"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        super().add_arguments(parser)
        parser.add_argument("--classifier", metavar="NAME", help="default: the newest")
        parser.add_argument(
            "--name",
            help="default: the classifier's name, the kind of attack and its strength; of several strengths each is "
            "added to the name",
        )
        parser.add_argument("--kind", default="generator", choices=ATTACKS, help="default: %(default)s")
        parser.add_argument("--target-class", default="nv", help="what the classifier is to say (default: %(default)s)")
        parser.add_argument(
            "--strength",
            type=strengths,
            default=(8.0,),
            metavar="LEVELS[,LEVELS…]",
            help="largest change to a pixel channel, of 255 levels; several make an attack each (default: 8). "
            + "; ".join(f"{kind}: {method.strength_explained}" for kind, method in ATTACKS.items()),
        )
        parser.add_argument(
            "--split",
            default="train",
            choices=Image.Split.values,
            help="which images the attack learns on; the paper took test (default: %(default)s)",
        )
        parser.add_argument(
            "--start-from",
            metavar="NAME",
            help="an attack of the same kind whose weights the training begins with, such as one at a greater "
            "strength or on another classifier; default: from nothing",
        )
        parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
        add_attack_flags(parser)

    def works(self, options: Options) -> Sequence[AttackTraining]:
        """Return one training a strength."""
        classifier = named_or_newest(Classifier, options["classifier"])
        if len(options["strength"]) == 1:
            (only,) = options["strength"]
            name = options["name"] or unique_name(Attack, f"{classifier.name} {options['kind']} {only:g}")
            return [_training(classifier, name, only, options)]
        base = options["name"] or f"{classifier.name} {options['kind']}"[:LONGEST_BASE]
        for number in itertools.count(1):
            # The strength stays at the end, so another try is numbered before it.
            numbered = base if number == 1 else f"{base} ({number})"
            works = [
                _training(classifier, f"{numbered} {strength:g}", strength, options) for strength in options["strength"]
            ]
            if options["name"] or not any(name_is_taken(Attack, work) for work in works):
                break
        return works

    def find_reusable(self, work: Work[Attack]) -> Attack | None:
        """Return the attack that the same command trained before."""
        return find_reusable(Attack, work)

    def tell(self, made: Attack, options: Options) -> None:
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


def _training(classifier: Classifier, name: str, strength: float, options: Options) -> AttackTraining:
    return AttackTraining(
        classifier=classifier,
        name=name,
        kind=options["kind"],
        target_class=options["target_class"],
        strength=strength,
        settings=given_settings(options),
        split=options["split"],
        seed=options["seed"],
        start_from=named_or_newest(Attack, options["start_from"]) if options["start_from"] else None,
    )

"""`manage.py make_pairs`: clean images and their perturbed twins."""

import itertools
from argparse import ArgumentParser
from collections.abc import Sequence

from ml.attacks import ATTACKS
from ml.errors import MlError
from ml.evaluation.text.visibility import visibility_text
from ml.evaluation.visibility import VisibilityMeasurement
from ml.images.visibility.colorvideovdp import is_set_up
from ml.management.data_command import Options
from ml.management.work_command import WorkCommand
from ml.models import Attack, Classifier, Dataset, Image, PairSet
from ml.pairs.engines.choice import ENGINES
from ml.pairs.making import PairMaking
from ml.runs.checks import unique_name
from ml.runs.lookup import named_or_newest
from ml.runs.reuse import find_reusable, name_is_taken
from ml.runs.work import Work

# Left of a name's hundred characters when the split and a number are added.
LONGEST_BASE = 90


class Command(WorkCommand[PairSet]):
    """Perturb a dataset's images and save both twins as 8-bit PNG."""

    help = "Perturb a dataset's images and save both twins, clean and perturbed, as 8-bit PNG by the same steps."
    title = "Making image pairs"
    unit = "pair"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        super().add_arguments(parser)
        parser.add_argument(
            "--attack", action="append", metavar="NAME", help="may be given several times; default: the newest"
        )
        parser.add_argument(
            "--kind", choices=ATTACKS, help="instead of --attack: all attacks of this kind on one classifier"
        )
        parser.add_argument("--classifier", metavar="NAME", help="with --kind: on this one; default: the newest")
        parser.add_argument(
            "--dataset", metavar="NAME", help="default: the one that the attacked classifier learnt from"
        )
        parser.add_argument(
            "--name",
            help="default: the attack's name and the split; of several attacks each one's strength is added to the "
            "name",
        )
        parser.add_argument(
            "--split", default="test", choices=Image.Split.values, help="side of the split (default: %(default)s)"
        )
        parser.add_argument("--limit", type=int, metavar="N", help="at most N images, every class with its share")
        parser.add_argument(
            "--engine",
            choices=ENGINES,
            help="where they are made: in this process, by several of this machine, by jobs of a SLURM cluster "
            "(default: PERCEPTION_ENGINE, else inline); the pairs are the same",
        )
        parser.add_argument(
            "--shards", type=int, metavar="N", help="into how many parts the work is cut, each done by itself"
        )

        parser.add_argument(
            "--visibility",
            action="store_true",
            help="measure how visible the changes are as well, once the pairs are made (`measure_visibility`)",
        )

    def works(self, options: Options) -> Sequence[PairMaking]:
        """Return the making of one pair set an attack."""
        attacks = _attacks(options)
        if len(attacks) == 1:
            name = options["name"] or unique_name(PairSet, f"{attacks[0].name} {options['split']}")
            return [_making(attacks[0], name, options)]
        if not options["name"]:
            return [_freely_named(attack, options) for attack in attacks]
        names = [f"{options['name']} {attack.strength:g}" for attack in attacks]
        if len(set(names)) < len(names):
            raise MlError(
                "Several of these attacks have one strength, so that --name would name several pair sets alike: leave "
                "it out, and each is named after its attack."
            )
        return [_making(attack, name, options) for attack, name in zip(attacks, names, strict=True)]

    def find_reusable(self, work: Work[PairSet]) -> PairSet | None:
        """Return the pair set that the same command made before."""
        return find_reusable(PairSet, work)

    def tell(self, made: PairSet, options: Options) -> None:
        """Print how many there are, and where."""
        self.stdout.write(
            f"Pair set {made.name!r}: {made.pairs.count()} pairs of {made.image_size} × {made.image_size} pixels, "
            f"made in {made.provenance['seconds']:.0f} s. `evaluate_attack` measures what they do."
        )
        if options["visibility"]:
            measurement = VisibilityMeasurement(pair_set=made, colorvideovdp=is_set_up())
            measured = self._do(measurement, "Measuring how visible the changes are", options)
            self.stdout.write(
                visibility_text(
                    measured.distributions,
                    pixels_per_degree=measured.pixels_per_degree,
                    versions=measured.versions,
                )
            )


def _attacks(options: Options) -> list[Attack]:
    names, kind = options["attack"] or [], options["kind"]
    if names and kind:
        raise MlError("Give --attack or --kind, not both.")
    if options["classifier"] and not kind:
        raise MlError("--classifier goes with --kind: an attack that is named has its classifier.")
    if not kind:
        return [named_or_newest(Attack, name) for name in dict.fromkeys(names)] or [named_or_newest(Attack, None)]
    classifier = named_or_newest(Classifier, options["classifier"])
    found = list(Attack.objects.filter(classifier=classifier, kind=kind).order_by("strength", "pk"))
    if not found:
        raise MlError(
            f"There is no attack of the kind {kind} on the classifier {classifier.name}; `manage.py train_attack "
            f"--kind {kind}` makes one."
        )
    return found


def _freely_named(attack: Attack, options: Options) -> PairMaking:
    """Name the pair set after the attack; where something else has that name, number it."""
    base = f"{attack.name[:LONGEST_BASE]} {options['split']}"
    names = itertools.chain([base], (f"{base} {number}" for number in itertools.count(2)))
    works = (_making(attack, name, options) for name in names)
    return next(work for work in works if not name_is_taken(PairSet, work))


def _making(attack: Attack, name: str, options: Options) -> PairMaking:
    return PairMaking(
        attack=attack,
        name=name,
        dataset=named_or_newest(Dataset, options["dataset"]) if options["dataset"] else None,
        split=options["split"],
        limit=options["limit"],
        engine=options["engine"],
        shards=options["shards"],
        visibility=options["visibility"],
    )

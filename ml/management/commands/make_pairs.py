"""`manage.py make_pairs`: clean images and their perturbed twins."""

from argparse import ArgumentParser
from typing import Any

from ml.asked import unique_name
from ml.management.work_command import WorkCommand
from ml.models import Attack, Dataset, Image, PairSet
from ml.pair_making import PairMaking
from ml.selection import named_or_newest


class Command(WorkCommand):
    """Perturb a dataset's images and save both twins as 8-bit PNG."""

    help = "Perturb a dataset's images and save both twins, clean and perturbed, as 8-bit PNG by the same steps."
    title = "Making image pairs"
    unit = "pair"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        super().add_arguments(parser)
        parser.add_argument("--attack", metavar="NAME", help="default: the newest")
        parser.add_argument(
            "--dataset", metavar="NAME", help="default: the one that the attacked classifier learnt from"
        )
        parser.add_argument("--name", help="default: the attack's name and the split")
        parser.add_argument(
            "--split", default="test", choices=Image.Split.values, help="side of the split (default: %(default)s)"
        )
        parser.add_argument("--limit", type=int, metavar="N", help="at most N images, every class with its share")

    def work(self, options: dict[str, Any]) -> PairMaking:
        """Return the pairs that the command line asks for."""
        attack = named_or_newest(Attack, options["attack"])
        return PairMaking(
            attack=attack,
            name=options["name"] or unique_name(PairSet, f"{attack.name} {options['split']}"),
            dataset=named_or_newest(Dataset, options["dataset"]) if options["dataset"] else None,
            split=options["split"],
            limit=options["limit"],
        )

    def tell(self, made: PairSet, options: dict[str, Any]) -> None:
        """Print how many there are, and where."""
        self.stdout.write(
            f"Pair set {made.name!r}: {made.pairs.count()} pairs of {made.image_size} × {made.image_size} pixels, "
            f"made in {made.provenance['seconds']:.0f} s. `evaluate_attack` measures what they do."
        )

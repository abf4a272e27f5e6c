"""`manage.py import_pairs`: image pairs that another program perturbed."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path

from ml.errors import MlError
from ml.evaluation.text.distortion import size_lines
from ml.evaluation.text.table_one import table_one_text
from ml.management.data_command import Options
from ml.management.import_command import add_reading_arguments
from ml.management.work_command import WorkCommand
from ml.models import PairSet
from ml.pairs.elsewhere.importing import PairImport
from ml.pairs.elsewhere.side_channels import Colours, Compression, Depth
from ml.pairs.elsewhere.strength_text import read_strength


class Command(WorkCommand[PairSet]):
    """Bring in pairs that were perturbed elsewhere: as a dataset, an attack and one pair set for each strength."""

    help = (
        "Import clean images and their perturbed twins, made by PyTorch or anything else, from a folder or a zip with "
        "clean and perturbed in it, or by a table; nothing but the attack may tell the twins apart."
    )
    title = "Importing image pairs"
    unit = "file"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        super().add_arguments(parser)
        parser.add_argument(
            "source",
            type=Path,
            help="a folder or a zip with clean and perturbed, the same names in both, and masks, if there are any, "
            "white where the twin was changed; or with a table that has the columns clean and perturbed and may have "
            "mask, diagnosis, lesion, strength, prediction_before and prediction_after; or such a table",
        )
        parser.add_argument(
            "--made-by", required=True, metavar="TEXT", help="what perturbed the images, for the report"
        )
        parser.add_argument("--name", default="", help="of attack and pair set (default: that of the folder or zip)")
        parser.add_argument("--table", type=Path, metavar="FILE.csv", help="the table, where it lies elsewhere")
        parser.add_argument("--reference", default="", metavar="TEXT", help="where the attack is described")
        parser.add_argument(
            "--classifier", default="", metavar="TEXT", help="the classifier that it was made against, by its name"
        )
        parser.add_argument(
            "--target-class", default="", metavar="CLASS", help="what it was to say (default: any wrong class)"
        )
        parser.add_argument(
            "--strength",
            type=_strength,
            metavar="LEVELS",
            help="declared, in 8-bit levels: 8 or 8/255 (default: as the table says, or as measured)",
        )
        parser.add_argument("--credit", default="", help="who made the images, and under which licence")
        parser.add_argument(
            "--dataset",
            default="",
            metavar="NAME",
            help="the clean images are this dataset's (default: a dataset is made of them)",
        )
        parser.add_argument(
            "--size", type=int, metavar="PIXELS", help="bring both twins to this side (default: none is resampled)"
        )
        add_reading_arguments(parser)
        group = parser.add_argument_group("twins that differ in more than the attack (default: refused, and told)")
        group.add_argument(
            "--compression",
            choices=list(Compression),
            default=Compression.REFUSE.value,
            help="different compressions: take both as they decode, or send all through one JPEG",
        )
        group.add_argument("--quality", type=int, default=95, help="of that JPEG (default: %(default)s)")
        group.add_argument(
            "--colours",
            choices=list(Colours),
            default=Colours.REFUSE.value,
            help="different colour profiles: what the clean one says holds for both, or each says its own",
        )
        group.add_argument(
            "--depth", choices=list(Depth), default=Depth.REFUSE.value, help="different bit depths: both to 8 bits"
        )
        parser.add_argument("--report", type=Path, metavar="FILE.csv", help="write all refusals to this table")

    def work(self, options: Options) -> PairImport:
        """Return the import that the command line asks for."""
        source: Path = options["source"].resolve()
        same = ("made_by", "reference", "classifier", "target_class", "strength", "credit", "dataset", "size", "fit")
        read = ("least_side", "bits", "compression", "quality", "colours", "depth")
        return PairImport(
            source=str(source),
            name=options["name"] or (source.stem if source.is_file() else source.name),
            table=str(options["table"].resolve()) if options["table"] else None,
            report=str(options["report"].resolve()) if options["report"] else None,
            **{name: options[name] for name in (*same, *read)},
        )

    def tell(self, made: PairSet, options: Options) -> None:
        """Print what was refused, what is to be known, and what was measured of each strength."""
        for line in made.provenance["refused"]:
            self.stdout.write(f"Refused: {line}")
        for pair_set in PairSet.objects.filter(run=made.run).select_related("evaluation", "dataset"):
            side, count = pair_set.image_size, pair_set.pairs.count()
            self.stdout.write(
                f"\nPair set {pair_set.name!r}: {count} pairs of {side} × {side} pixels, strength "
                f"{pair_set.strength:g}, of the dataset {pair_set.dataset.name!r}."
            )
            for note in pair_set.notes:
                self.stdout.write(f"Note: {note}")
            if pair_set.evaluation.table:
                self.stdout.write("\n" + table_one_text(pair_set.evaluation.table))
            for line in size_lines(pair_set.evaluation.sizes):
                self.stdout.write(f"{line.name}: {line.text}")


def _strength(text: str) -> float | None:
    try:
        return read_strength(text)
    except MlError as error:
        raise ArgumentTypeError(str(error)) from error

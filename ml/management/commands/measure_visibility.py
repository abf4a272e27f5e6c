"""`manage.py measure_visibility`: how visible are the changes, by measures that model the eye?"""

import json
from argparse import ArgumentParser, BooleanOptionalAction

from ml.evaluation.text.visibility import visibility_text
from ml.evaluation.visibility import VisibilityMeasurement
from ml.images.visibility.colorvideovdp import is_set_up
from ml.management.data_command import Options
from ml.management.viewing_flags import add_viewing_flags, pixels_per_degree_of
from ml.management.work_command import WorkCommand
from ml.models import PairSet, Visibility
from ml.runs.lookup import named_or_newest


class Command(WorkCommand[Visibility]):
    """Measure both twins of every pair, as saved, and print how the measures are spread."""

    help = (
        "Measure how visible the change of every pair is, on the images as saved: CIEDE2000, FLIP, SSIMULACRA2, and "
        "ColorVideoVDP where it is set up. What was measured before is measured anew."
    )
    title = "Measuring how visible the changes are"
    unit = "pair"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Describe the command line."""
        super().add_arguments(parser)
        parser.add_argument("--pairs", metavar="NAME", help="the pair set; default: the newest")
        add_viewing_flags(parser)
        parser.add_argument(
            "--colorvideovdp",
            action=BooleanOptionalAction,
            default=is_set_up(),
            help="by ColorVideoVDP, too (default: where PERCEPTION_COLORVIDEOVDP_PYTHON names a Python that has it)",
        )
        parser.add_argument("--format", default="text", choices=["text", "json"], help="default: %(default)s")

    def work(self, options: Options) -> VisibilityMeasurement:
        """Return the measurement that the command line asks for."""
        return VisibilityMeasurement(
            pair_set=named_or_newest(PairSet, options["pairs"]),
            pixels_per_degree=pixels_per_degree_of(options),
            colorvideovdp=options["colorvideovdp"],
        )

    def tell(self, made: Visibility, options: Options) -> None:
        """Print how the measures are spread over the pairs."""
        if options["format"] == "json":
            told = {
                "pair_set": made.pair_set.name,
                "pixels_per_degree": made.pixels_per_degree,
                "measures": made.distributions,
                "versions": made.versions,
            }
            self.stdout.write(json.dumps(told, indent=2, ensure_ascii=False))
            return
        self.stdout.write(
            visibility_text(made.distributions, pixels_per_degree=made.pixels_per_degree, versions=made.versions)
        )
